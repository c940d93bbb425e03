using System.Text.Json;

namespace TaskGrid.Faults.Proof;

/// <summary>A part that was run.</summary>
/// <param name="Tests">The last commit that changed what it does.</param>
/// <param name="Settings">The settings that it was run with.</param>
/// <param name="Passed">Whether all of its tests have passed.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Cases">What came of its cases.</param>
internal sealed record PartResult(string Tests, string Settings, bool Passed, double Seconds, IReadOnlyList<CaseResult> Cases);

/// <summary>One case, as <c>Part</c> of the tests writes it.</summary>
internal sealed record CaseResult(string Case, int Acknowledged, int Repeated, IReadOnlyDictionary<string, int> Counts, IReadOnlyDictionary<string, IReadOnlyList<double>> Figures);

/// <summary>What is known of a product: the figures lie beside the report and are committed with it, so that a part done anywhere counts; logs stay here.</summary>
internal sealed class ReportFolder
{
    private readonly string _figures;

    public ReportFolder(Repository repository, string commit)
    {
        _figures = Path.Combine(repository.Path, "docs", "reliability", commit);
        Logs = Path.Combine(repository.Path, "artifacts", "reliability", commit);
        Directory.CreateDirectory(_figures);
        Directory.CreateDirectory(Logs);
    }

    public string Logs { get; }

    public string FileOf(string part) => Path.Combine(_figures, $"{part}.json");

    public string LogsOf(string part) => Path.Combine(Logs, part);

    /// <summary>What came of a part, if it has been run.</summary>
    public PartResult? Find(string part) => File.Exists(FileOf(part)) ? JsonSerializer.Deserialize<PartResult>(File.ReadAllText(FileOf(part))) : null;
}
