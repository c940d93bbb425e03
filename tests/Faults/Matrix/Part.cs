using System.Text.Json;
using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>
/// One case, once, in figures: a part of the report on reliability, which is put together of many. Kept in the folder that
/// <c>TASKGRID_FAULTS_REPORT</c> names, and nowhere when it names none.
/// </summary>
/// <param name="Case">What was done.</param>
/// <param name="Acknowledged">How many tasks the grid said yes to.</param>
/// <param name="Runs">How many runs the handlers wrote down.</param>
/// <param name="Repeated">Runs beyond the first of a task.</param>
/// <param name="Counts">What the checker counts, by name.</param>
/// <param name="Figures">What was measured, by name with its unit: one value, or one for each thing that it was measured on.</param>
internal sealed record Part(string Case, int Acknowledged, int Runs, int Repeated, IReadOnlyDictionary<string, int> Counts, IReadOnlyDictionary<string, IReadOnlyList<double>> Figures)
{
    public static Part Of(CaseReport report, IEnumerable<(string Name, double Value)> figures) =>
        Of(report.Acknowledged, report.Findings, report.Runs.Count, [.. figures, ("drained after, s", report.Drain.TotalSeconds)]);

    public static Part Of(int acknowledged, Findings found, int runs, params (string Name, double Value)[] figures) => new(
        TestContext.Current.TestMethod?.MethodName + Arguments(),
        acknowledged,
        runs,
        found.Repeated,
        new Dictionary<string, int>
        {
            ["lost"] = found.Lost.Count,
            ["unexpected"] = found.Unexpected.Count,
            ["overlaps"] = found.Overlaps.Count,
            ["stale"] = found.Stale.Count,
            ["doubled"] = found.Doubled.Count,
            ["illegal"] = found.Illegal.Count,
        },
        figures.GroupBy(f => f.Name).ToDictionary(g => g.Key, IReadOnlyList<double> (g) => [.. g.Select(f => Math.Round(f.Value, 3))]));

    public void Keep()
    {
        if (Environment.GetEnvironmentVariable("TASKGRID_FAULTS_REPORT") is { Length: > 0 } folder)
        {
            File.WriteAllText(Path.Combine(folder, $"{Guid.CreateVersion7()}.json"), JsonSerializer.Serialize(this));
        }
    }

    private static string Arguments() =>
        TestContext.Current.Test is { } test && test.TestDisplayName.IndexOf('(', StringComparison.Ordinal) is > 0 and var at ? test.TestDisplayName[at..] : "";
}
