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
internal sealed record CaseReport(
    int Acknowledged, Findings Findings, IReadOnlyList<Execution> Runs, TimeSpan From, TimeSpan Drain, int Repeated, IReadOnlyList<string> Unhandled, IReadOnlyList<TimeSpan> Missing)
{
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

    /// <inheritdoc cref="Findings.Check"/>
    public void Check(bool mayOverlap = false)
    {
        Findings.Check(mayOverlap);
        Assert.True(Unhandled.Count == 0, string.Join("\n", Unhandled));
    }

    /// <summary>When the tasks of runs that did not end ran again, counted from an instant: sorted.</summary>
    public IReadOnlyList<TimeSpan> RestartsOf(IEnumerable<Execution> interrupted, TimeSpan since)
    {
        var first = Runs.GroupBy(r => r.Id).ToDictionary(g => g.Key, g => g.OrderBy(r => r.Token).ToList());
        return [.. interrupted.Select(i => first[i.Id].First(r => r.Token > i.Token).StartedAt - since).Order()];
    }
}
