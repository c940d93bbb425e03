using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TaskGrid.Storage;

/// <summary>Forgets finished tasks when their time is over: bucket by bucket, for some seconds of each minute.</summary>
internal sealed partial class Retention(TaskStore tasks, IOptions<TaskGridOptions> options, TimeProvider time, ILogger<Retention> logger)
{
    /// <summary>How long after its acceptance the id of a forgotten task is still known, so that a late retry does not run it again.</summary>
    public static readonly TimeSpan IdempotencyWindow = TimeSpan.FromHours(1);

    /// <summary>The same for an id that was made of an idempotency key.</summary>
    public static readonly TimeSpan IdempotencyKeyWindow = TimeSpan.FromHours(24);

    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_longestRound = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public void Start() => _running = Task.Run(RunAsync);

    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(s_interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                while (await PruneAllAsync().ConfigureAwait(false))
                {
                    // As fast as tasks end they have to be forgotten, however fast that is.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    /// <summary>Forgets what is to be forgotten by now, for some seconds of each kind at most.</summary>
    /// <returns>Whether there is more.</returns>
    public async Task<bool> PruneAllAsync()
    {
        try
        {
            var more = await PruneAsync("S", options.Value.KeepSucceeded).ConfigureAwait(false);
            more |= await PruneAsync("C", options.Value.KeepSucceeded).ConfigureAwait(false);
            more |= await PruneAsync("F", options.Value.KeepFailed).ConfigureAwait(false);
            foreach (var state in await tasks.RetentionClassesAsync().ConfigureAwait(false))
            {
                more |= await PruneAsync(state, TimeSpan.FromSeconds(long.Parse(state.AsSpan(2), CultureInfo.InvariantCulture))).ConfigureAwait(false);
            }

            return more && !_stop.IsCancellationRequested;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e.Message);
            return false;
        }
    }

    private async Task<bool> PruneAsync(string state, TimeSpan keep)
    {
        var start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < s_longestRound && !_stop.IsCancellationRequested)
        {
            if (!await tasks.PruneAsync(state, keep, IdempotencyWindow, IdempotencyKeyWindow).ConfigureAwait(false))
            {
                return false;
            }

            // Some milliseconds between buckets leave the store to the tasks.
            await Task.Delay(TimeSpan.FromMilliseconds(5), time).ConfigureAwait(false);
        }

        return true;
    }

    [LoggerMessage(LogLevel.Warning, "Forgetting finished tasks failed: {Reason}")]
    private partial void LogFailed(string reason);
}
