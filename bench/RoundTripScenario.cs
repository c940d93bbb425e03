using System.Diagnostics;

namespace TaskGrid.Bench;

/// <summary>One task at a time on an idle grid: from the submit to the result.</summary>
internal static class RoundTripScenario
{
    public static async Task<string> RunAsync(BenchGrid grid, int count)
    {
        var times = new double[count];
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var handle = await grid.Tasks.SubmitAsync<int>("add", new { x = i, y = 1 });
            await handle.GetResultAsync();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return $"Idle round trip (submit to result, N = {count}): p50 {Statistics.Percentile(times, 0.5):0.00} ms, p99 {Statistics.Percentile(times, 0.99):0.00} ms";
    }
}
