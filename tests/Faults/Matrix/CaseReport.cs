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
/// <param name="Missing">Of the tasks that it said yes to and does not know any more: when it had said yes.</param>
/// <param name="Ended">The silos that ended though nobody had killed or stopped them.</param>
internal sealed record CaseReport(
    int Acknowledged, Findings Findings, IReadOnlyList<Execution> Runs, TimeSpan From, TimeSpan Drain, int Repeated, IReadOnlyList<string> Unhandled,
    IReadOnlyList<TimeSpan> Missing, IReadOnlyList<EndedSilo> Ended)
{
    private static readonly TimeSpan s_onItsWay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_unnoticed = TimeSpan.FromSeconds(5);

    public override string ToString() =>
        $"N = {Acknowledged}, {Runs.Count} runs, {Repeated} requests repeated: {Findings}; drained {Drain.TotalSeconds:0.0} s after the fault";

    /// <summary>Says what came of a case, and keeps it for the report.</summary>
    public void Say(ITestOutputHelper output, params (string Name, double Value)[] figures)
    {
        output.WriteLine(ToString());
        foreach (var figure in figures.GroupBy(f => f.Name, f => f.Value))
        {
            output.WriteLine(figure.Count() == 1 ? $"{figure.Key}: {figure.Single():0.##}" : $"{figure.Key}: {figure.Min():0.##} to {figure.Max():0.##} ({figure.Count()})");
        }

        Part.Of(this, figures).Keep();
    }

    /// <summary>What holds after every case. Unless it says otherwise, nothing has run a second time and no silo has been taken for dead.</summary>
    /// <param name="mayOverlap">As for <see cref="Findings.Check"/>.</param>
    /// <param name="mostRepeats">How many runs there may be beyond the first of a task: see <see cref="Unstored"/>.</param>
    /// <param name="mayEnd">The processes of silos that may end by themselves.</param>
    public void Check(bool mayOverlap = false, int mostRepeats = 0, params IEnumerable<int> mayEnd)
    {
        Findings.Check(mayOverlap);
        Assert.True(Unhandled.Count == 0, string.Join("\n", Unhandled));
        Assert.InRange(Findings.Repeated, 0, mostRepeats);
        Assert.Empty(Ended.ExceptBy(mayEnd, e => e.Pid));
    }

    /// <summary>
    /// The runs whose outcome the store may not have: those that hurt silos had not ended a second before, or began in the seconds until they notice. They come on
    /// top of what fills the slots, since a slot is free for the next task before the outcome of the last is stored.
    /// </summary>
    /// <param name="hurtAt">When they were hurt.</param>
    /// <param name="hurt">Their processes.</param>
    public int Unstored(TimeSpan hurtAt, params IEnumerable<int> hurt)
    {
        var pids = hurt.ToHashSet();
        return Runs.Count(r => pids.Contains(r.Pid) && r.StartedAt < hurtAt + s_unnoticed && (r.EndedAt is null || r.EndedAt > hurtAt - s_onItsWay));
    }

    /// <summary>The code of a frozen silo runs beside its successor until the silo notices that it was, and no other's.</summary>
    public void CheckOverlapsAreOf(int frozen, TimeSpan until) => Assert.All(Findings.Overlaps, o =>
    {
        Assert.Equal(frozen, o.First.Pid);
        Assert.NotEqual(frozen, o.Second.Pid);
        Assert.True(o.First.EndedAt is null || o.First.EndedAt < until, $"{o.First} went on");
    });

    /// <summary>When the tasks of runs that did not end ran again, counted from an instant: sorted.</summary>
    public IReadOnlyList<TimeSpan> RestartsOf(IEnumerable<Execution> interrupted, TimeSpan since)
    {
        var first = Runs.GroupBy(r => r.Id).ToDictionary(g => g.Key, g => g.OrderBy(r => r.Token).ToList());
        return [.. interrupted.Select(i => first[i.Id].First(r => r.Token > i.Token).StartedAt - since).Order()];
    }
}

/// <summary>A silo that has ended by itself.</summary>
/// <param name="Pid">Its process.</param>
/// <param name="LastWords">The last that it said.</param>
internal sealed record EndedSilo(int Pid, string LastWords)
{
    public static EndedSilo Of(Member member) => new(member.Silo.Pid, member.Silo.Output);
}
