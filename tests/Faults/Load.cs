using TaskGrid.Kit;

namespace TaskGrid.Faults;

/// <summary>How much went on at a time, by the runs that handlers wrote down.</summary>
internal static class Load
{
    /// <summary>
    /// The most runs that were alive at one instant of a span of time. A run without an end was alive until its process died, or is
    /// alive still; one that ends at the instant at which another begins is not alive beside it.
    /// </summary>
    public static int MostAtOnce(IEnumerable<Execution> runs, IReadOnlyDictionary<int, TimeSpan> deaths, TimeSpan? from = null, TimeSpan? until = null)
    {
        var most = 0;
        var alive = 0;
        var (first, last) = (from ?? TimeSpan.MinValue, until ?? TimeSpan.MaxValue);
        var edges = runs.Select(r => (r.StartedAt, EndedAt: r.EndedAt ?? deaths.GetValueOrDefault(r.Pid, TimeSpan.MaxValue)))
            .Where(r => r.StartedAt < last && r.EndedAt > first)
            .SelectMany(r => new[] { (At: r.StartedAt, Step: 1), (At: r.EndedAt, Step: -1) });
        foreach (var (_, step) in edges.OrderBy(e => e.At).ThenBy(e => e.Step))
        {
            alive += step;
            most = Math.Max(most, alive);
        }

        return most;
    }

    /// <summary>The most instants that lie in any window of a length, its end not included.</summary>
    public static int MostWithin(IEnumerable<TimeSpan> instants, TimeSpan window)
    {
        var sorted = instants.Order().ToArray();
        var most = 0;
        for (int first = 0, next = 0; next < sorted.Length; next++)
        {
            while (sorted[next] - sorted[first] >= window)
            {
                first++;
            }

            most = Math.Max(most, next - first + 1);
        }

        return most;
    }
}
