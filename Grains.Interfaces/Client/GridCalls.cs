using Microsoft.Extensions.Options;

namespace TaskGrid;

/// <summary>
/// Calls to the grid that may be repeated, because they carry an id, are idempotent or only read: all that means "no answer" is retried
/// until the options' timeout is over.
/// </summary>
internal sealed class GridCalls(IOptions<TaskGridClientOptions> options, LostGateways gateways, TimeProvider time)
{
    // A timer's limit is 49 days, and no call lasts for an hour: Orleans ends it long before.
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    private readonly Random _jitter = new();

    /// <exception cref="GridUnavailableException">No answer in time.</exception>
    public async Task<T> RetryAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken, TimeSpan? patience = null)
    {
        // A wait without limit waits through any outage. One with a limit is answered when that is over, and its answer has to come here still.
        var limit = patience == Timeout.InfiniteTimeSpan ? Timeout.InfiniteTimeSpan
            : Between(TimeSpan.Zero, patience ?? TimeSpan.Zero, TimeSpan.MaxValue - options.Value.SubmitTimeout) + options.Value.SubmitTimeout;
        var start = time.GetTimestamp();
        // What a silo has said of its store says more than the silence of the last try.
        GridUnavailableException? reason = null;
        for (var tries = 1; ; tries++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var left = limit == Timeout.InfiniteTimeSpan ? s_longest : Between(TimeSpan.Zero, limit - time.GetElapsedTime(start), s_longest);
                // Taken before the call: a loss while it goes out counts.
                var lost = gateways.Next;
                return await call().WaitAsync(left, time, lost).WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (MeansNoAnswer(e) && !(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
            {
                reason = e as GridUnavailableException ?? reason;
                // 50 ms, 100, 200, 400, 500, plus up to as much again so that clients do not return together.
                var pause = TimeSpan.FromMilliseconds(Math.Min(500, 50 << Math.Min(tries - 1, 4)) * (1 + Jitter()));
                pause = (e as GridUnavailableException)?.RetryAfter is { } told && told > pause ? told : pause;
                if (limit != Timeout.InfiniteTimeSpan && time.GetElapsedTime(start) + pause > limit)
                {
                    throw reason ?? new GridUnavailableException(ErrorCodes.GridUnavailable, $"No silo answered within {limit}: {e.Message}", e);
                }

                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A call that may be refused.</summary>
    /// <exception cref="TaskRefusedException">It was.</exception>
    /// <exception cref="GridUnavailableException">No answer in time.</exception>
    public async Task AskAsync(Func<Task<TaskRefusal?>> call, CancellationToken cancellationToken)
    {
        if (await RetryAsync(call, cancellationToken).ConfigureAwait(false) is { } refusal)
        {
            throw new TaskRefusedException(refusal);
        }
    }

    private static TimeSpan Between(TimeSpan least, TimeSpan value, TimeSpan most) => value < least ? least : value > most ? most : value;

    private double Jitter()
    {
        lock (_jitter)
        {
            return _jitter.NextDouble();
        }
    }

    // A cancellation that is not the caller's is Orleans': a message that grew too old on its way, or the loss of a connection.
    private static bool MeansNoAnswer(Exception e) => e is TimeoutException or OrleansException or GridUnavailableException
        or OperationCanceledException or ObjectDisposedException or InvalidOperationException { Source: "Orleans.Core" };
}
