using System.Diagnostics;

namespace TaskGrid.Bench;

/// <summary>Tasks that go through as fast as they can.</summary>
internal static class Flow
{
    /// <summary>Measures from the first submit until the last of so many tasks has succeeded.</summary>
    public static async Task<Dictionary<string, double>> MeasureAsync(IContender contender, int count, Func<Task<double[]>> submit)
    {
        var target = await contender.SucceededAsync() + count;
        var before = await contender.UsageAsync();
        var watch = Stopwatch.StartNew();
        var acknowledged = await submit();
        await contender.UntilSucceededAsync(target);
        var elapsed = watch.Elapsed;
        return Figures.OfFlow(count, elapsed, acknowledged, await contender.UsageAsync() - before);
    }
}
