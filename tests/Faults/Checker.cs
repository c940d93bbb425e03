using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults;

/// <summary>What a client's ledger and the runs that handlers wrote down say when they are compared, apart from the grid's own view.</summary>
/// <param name="Lost">Acknowledged ids that never ran, or did not end; those that were cancelled need not have run.</param>
/// <param name="Unexpected">Ids that ran and were never submitted.</param>
/// <param name="Overlaps">Pairs of runs of one task that were alive at the same time.</param>
/// <param name="Stale">Ids whose accepted result is not that of the last run, or of one that never came to its end, or is not there.</param>
/// <param name="Doubled">Idempotency keys that stand for more than one task.</param>
/// <param name="Illegal">What no task may do, in words: end otherwise than it should, a final state that changed, a token that went back or came twice, an attempt too many.</param>
/// <param name="Repeated">Runs beyond the first of a task.</param>
internal sealed record Findings(
    IReadOnlyList<string> Lost, IReadOnlyList<string> Unexpected, IReadOnlyList<(Execution First, Execution Second)> Overlaps,
    IReadOnlyList<string> Stale, IReadOnlyList<string> Doubled, IReadOnlyList<string> Illegal, int Repeated)
{
    /// <summary>What holds after every fault.</summary>
    /// <param name="mayOverlap">Whether a process was frozen or cut off, so that two runs of a task may have been alive at once.</param>
    public void Check(bool mayOverlap = false)
    {
        Assert.Empty(Lost);
        Assert.Empty(Unexpected);
        Assert.Empty(Stale);
        Assert.Empty(Doubled);
        Assert.Empty(Illegal);
        if (!mayOverlap)
        {
            Assert.Empty(Overlaps);
        }
    }

    public override string ToString() =>
        $"lost {Lost.Count}, unexpected {Unexpected.Count}, overlaps {Overlaps.Count}, stale {Stale.Count}, doubled {Doubled.Count}, illegal {Illegal.Count}, repeated {Repeated}";

    /// <summary>Compares what was acknowledged with what ran.</summary>
    /// <param name="ledger">What the client knows.</param>
    /// <param name="executions">What the handlers wrote.</param>
    /// <param name="deaths">When each process ended: a run without an end was alive until then.</param>
    public static Findings Of(Ledger ledger, IReadOnlyList<Execution> executions, IReadOnlyDictionary<int, TimeSpan> deaths)
    {
        var byId = executions.GroupBy(e => e.Id).ToDictionary(g => g.Key, g => g.OrderBy(e => e.StartedAt).ToList());
        var histories = ledger.Histories.ToDictionary(h => h.Id, h => h.Seen);
        return new(
            [.. ledger.Acknowledged.Where(id => IsLost(byId.GetValueOrDefault(id), histories.GetValueOrDefault(id)))],
            [.. byId.Keys.Except(ledger.Attempted)],
            [.. byId.Values.SelectMany(runs => OverlapsOf(runs, deaths))],
            [.. histories.Where(h => IsStale(h.Value[^1], byId.GetValueOrDefault(h.Key) ?? [])).Select(h => h.Key)],
            [.. ledger.Answers.Where(a => a.Ids.Count > 1).Select(a => a.Key)],
            [.. byId.SelectMany(r => IllegalRuns(r.Key, r.Value)), .. histories.SelectMany(h => IllegalStates(h.Key, h.Value, ledger.EndOf(h.Key)))],
            byId.Values.Sum(runs => runs.Count - 1));
    }

    private static bool IsLost(List<Execution>? runs, IReadOnlyList<Seen>? seen) =>
        seen is null ? runs is null : !seen[^1].State.IsFinal() || (runs is null && seen[^1].State != TaskState.Cancelled);

    private static IEnumerable<(Execution, Execution)> OverlapsOf(List<Execution> runs, IReadOnlyDictionary<int, TimeSpan> deaths)
    {
        for (var i = 1; i < runs.Count; i++)
        {
            var end = runs[i - 1].EndedAt ?? deaths.GetValueOrDefault(runs[i - 1].Pid, TimeSpan.MaxValue);
            if (runs[i].StartedAt < end)
            {
                yield return (runs[i - 1], runs[i]);
            }
        }
    }

    private static bool IsStale(Seen last, List<Execution> runs) =>
        last.State == TaskState.Succeeded && !(runs.MaxBy(r => r.Token) is { Completed: true } run && run.Token == last.Token);

    private static IEnumerable<string> IllegalRuns(string id, List<Execution> runs)
    {
        for (var i = 1; i < runs.Count; i++)
        {
            if (runs[i].Token <= runs[i - 1].Token)
            {
                yield return $"{id}: a run with token {runs[i].Token} began after one with {runs[i - 1].Token}";
            }

            if (runs[i].Attempt < runs[i - 1].Attempt)
            {
                yield return $"{id}: attempt {runs[i].Attempt} began after attempt {runs[i - 1].Attempt}";
            }
        }
    }

    private static IEnumerable<string> IllegalStates(string id, IReadOnlyList<Seen> seen, TaskState end)
    {
        if (seen[^1].State is var state && state.IsFinal() && state != end)
        {
            yield return $"{id}: is {seen[^1]}, and was to be {end}";
        }

        for (var i = 1; i < seen.Count; i++)
        {
            if (seen[i - 1].State.IsFinal() && seen[i] != seen[i - 1])
            {
                yield return $"{id}: was {seen[i - 1]} and then {seen[i]}";
            }
        }

        foreach (var beyond in seen.Where(s => s.Attempt > s.MaxAttempts))
        {
            yield return $"{id}: {beyond}";
        }
    }
}
