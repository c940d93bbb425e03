using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>What came of one case.</summary>
/// <param name="Acknowledged">How many tasks the grid said yes to.</param>
/// <param name="Findings">What the checker found.</param>
/// <param name="Runs">What the handlers wrote during the case.</param>
/// <param name="From">When it began.</param>
/// <param name="Drain">How long it took from the end of the fault until everything was final.</param>
/// <param name="Repeated">How many requests had to be repeated.</param>
/// <param name="Unhandled">Answers that no client can do anything with.</param>
internal sealed record CaseReport(
    int Acknowledged, Findings Findings, IReadOnlyList<Execution> Runs, TimeSpan From, TimeSpan Drain, int Repeated, IReadOnlyList<string> Unhandled)
{
    public override string ToString() =>
        $"N = {Acknowledged}, {Runs.Count} runs, {Repeated} requests repeated: lost {Findings.Lost.Count}, unexpected {Findings.Unexpected.Count}, "
        + $"overlaps {Findings.Overlaps.Count}, stale {Findings.Stale.Count}, doubled {Findings.Doubled.Count}, illegal {Findings.Illegal.Count}, "
        + $"repeated {Findings.Repeated}; drained {Drain.TotalSeconds:0.0} s after the fault";

    /// <summary>What holds after every fault.</summary>
    /// <param name="mayOverlap">Whether a process was frozen or cut off, so that two runs of a task may have been alive at once.</param>
    public void Check(bool mayOverlap = false)
    {
        Assert.Empty(Findings.Lost);
        Assert.Empty(Findings.Unexpected);
        Assert.Empty(Findings.Stale);
        Assert.Empty(Findings.Doubled);
        Assert.Empty(Findings.Illegal);
        Assert.Empty(Unhandled);
        if (!mayOverlap)
        {
            Assert.Empty(Findings.Overlaps);
        }
    }

    /// <summary>When the tasks of runs that did not end ran again, counted from an instant: sorted.</summary>
    public IReadOnlyList<TimeSpan> RestartsOf(IEnumerable<Execution> interrupted, TimeSpan since)
    {
        var first = Runs.GroupBy(r => r.Id).ToDictionary(g => g.Key, g => g.OrderBy(r => r.Token).ToList());
        return [.. interrupted.Select(i => first[i.Id].First(r => r.Token > i.Token).StartedAt - since).Order()];
    }
}
