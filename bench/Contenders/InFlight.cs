using System.Diagnostics;

namespace TaskGrid.Bench;

/// <summary>Many calls with so many of them unanswered at a time.</summary>
internal static class InFlight
{
    /// <returns>The milliseconds that each took.</returns>
    public static async Task<double[]> RunAsync(int count, int inFlight, Func<int, Task> call)
    {
        var took = new double[count];
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(inFlight, count)).Select(async _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                var start = Stopwatch.GetTimestamp();
                await call(i);
                took[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }));
        return took;
    }
}
