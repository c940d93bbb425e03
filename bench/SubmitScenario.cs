using System.Diagnostics;

namespace TaskGrid.Bench;

/// <summary>Single submits of <c>add</c>, 128 in flight, until every one has succeeded.</summary>
internal static class SubmitScenario
{
    private const int InFlight = 128;

    public static async Task<SubmitRun> RunAsync(BenchGrid grid, int count)
    {
        var acknowledged = new double[count];
        var before = await grid.UsageAsync();
        var target = await grid.SucceededAsync() + count;
        var watch = Stopwatch.StartNew();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(async _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                var start = watch.Elapsed;
                await grid.Tasks.SubmitAsync("add", new { x = i, y = 1 });
                acknowledged[i] = (watch.Elapsed - start).TotalMilliseconds;
            }
        }));
        var submitted = watch.Elapsed;
        while (await grid.SucceededAsync() < target)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            if (watch.Elapsed > TimeSpan.FromMinutes(5))
            {
                throw new TimeoutException($"{target - await grid.SucceededAsync()} of {count} tasks have not succeeded after 5 minutes.");
            }
        }

        return new(count, submitted, watch.Elapsed, acknowledged, await grid.UsageAsync() - before);
    }
}

/// <summary>One run of it.</summary>
internal sealed record SubmitRun(int Count, TimeSpan Submitted, TimeSpan Done, double[] AcknowledgedMs, Usage Used)
{
    public double PerSecond => Count / Done.TotalSeconds;

    public double Percentile(double p) => Statistics.Percentile(AcknowledgedMs, p);
}
