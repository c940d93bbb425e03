using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;

namespace TaskGrid.Bench;

/// <summary>What the bench asks of Hangfire's client. Its calls block, so each that is in flight has a thread.</summary>
internal sealed class HangfireClient(JobStorage storage)
{
    private const int FillThreads = 32;

    private readonly BackgroundJobClient _client = new(storage);

    public IReadOnlyDictionary<string, Func<JsonElement, Task<object>>> Commands => new Dictionary<string, Func<JsonElement, Task<object>>>
    {
        ["submit"] = async args => new { ms = await SubmitAsync(Count(args), args.GetProperty("inFlight").GetInt32()) },
        ["fill"] = async args => new { ms = (await SubmitAsync(Count(args), FillThreads)).Length },
        ["roundTrips"] = async args => new { ms = await RoundTripsAsync(Count(args)) },
        ["lateness"] = async args => new { ms = await LatenessAsync(Count(args), args.GetProperty("aheadMs").GetDouble(), args.GetProperty("betweenMs").GetDouble()) },
    };

    private static int Count(JsonElement args) => args.GetProperty("count").GetInt32();

    private Task<double[]> SubmitAsync(int count, int inFlight) => OnThreadsAsync(count, inFlight, i => _client.Enqueue(() => Jobs.Add(i, 1)));

    private static async Task<double[]> OnThreadsAsync(int count, int threads, Action<int> act)
    {
        var took = new double[count];
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Factory.StartNew(
            () =>
            {
                for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
                {
                    var start = Stopwatch.GetTimestamp();
                    act(i);
                    took[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                }
            },
            TaskCreationOptions.LongRunning)));
        return took;
    }

    // Hangfire has no way to wait for a job but to look.
    private async Task<double[]> RoundTripsAsync(int count)
    {
        using var connection = storage.GetConnection();
        var took = new double[count];
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var id = _client.Enqueue(() => Jobs.Add(i, 1));
            while (connection.GetStateData(id)?.Name != SucceededState.StateName)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            }

            took[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return took;
    }

    private async Task<double[]> LatenessAsync(int count, double aheadMs, double betweenMs)
    {
        var first = TimeProvider.System.GetUtcNow() + TimeSpan.FromMilliseconds(aheadMs);
        var ids = new string[count];
        await OnThreadsAsync(count, FillThreads, i => ids[i] = _client.Schedule(() => Jobs.Instant(), first + TimeSpan.FromMilliseconds(i * betweenMs)));
        if (TimeProvider.System.GetUtcNow() >= first)
        {
            throw new InvalidOperationException("The jobs were due before all of them were scheduled; nothing was measured.");
        }

        using var connection = storage.GetConnection();
        var late = new double[count];
        for (var i = 0; i < count; i++)
        {
            late[i] = await InstantAsync(connection, ids[i]) - (first + TimeSpan.FromMilliseconds(i * betweenMs) - DateTimeOffset.UnixEpoch).TotalMilliseconds;
        }

        return late;
    }

    private static async Task<double> InstantAsync(IStorageConnection connection, string id)
    {
        for (var tries = 0; tries < 6000; tries++)
        {
            if (connection.GetStateData(id) is { } state && state.Name == SucceededState.StateName)
            {
                return SerializationHelper.Deserialize<double>(state.Data["Result"]);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"Job {id} has not succeeded within a minute of looking."));
    }
}
