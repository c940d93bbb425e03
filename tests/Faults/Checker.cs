using TaskGrid.Kit;

namespace TaskGrid.Faults;

/// <summary>What the runs that handlers wrote down say, apart from the grid's own view.</summary>
/// <param name="Lost">Acknowledged ids that never ran.</param>
/// <param name="Unexpected">Ids that ran and were never submitted.</param>
/// <param name="Overlaps">Pairs of runs of one task that were alive at the same time.</param>
/// <param name="Repeated">Runs beyond the first of a task.</param>
internal sealed record Findings(
    IReadOnlyList<string> Lost, IReadOnlyList<string> Unexpected, IReadOnlyList<(Execution First, Execution Second)> Overlaps, int Repeated)
{
    /// <summary>Compares what was acknowledged with what ran.</summary>
    /// <param name="acknowledged">The ids that the grid said yes to.</param>
    /// <param name="attempted">All ids that were submitted, answered or not.</param>
    /// <param name="executions">What the handlers wrote.</param>
    /// <param name="deaths">When each process ended: a run without an end was alive until then.</param>
    public static Findings Of(
        IReadOnlyCollection<string> acknowledged, IReadOnlyCollection<string> attempted, IReadOnlyList<Execution> executions,
        IReadOnlyDictionary<int, TimeSpan> deaths)
    {
        var byId = executions.GroupBy(e => e.Id).ToDictionary(g => g.Key, g => g.OrderBy(e => e.StartedAt).ToList());
        var overlaps = new List<(Execution, Execution)>();
        foreach (var runs in byId.Values)
        {
            for (var i = 1; i < runs.Count; i++)
            {
                var end = runs[i - 1].EndedAt ?? deaths.GetValueOrDefault(runs[i - 1].Pid, TimeSpan.MaxValue);
                if (runs[i].StartedAt < end)
                {
                    overlaps.Add((runs[i - 1], runs[i]));
                }
            }
        }

        return new(
            [.. acknowledged.Where(id => !byId.ContainsKey(id))],
            [.. byId.Keys.Except(attempted)],
            overlaps,
            byId.Values.Sum(runs => runs.Count - 1));
    }
}
