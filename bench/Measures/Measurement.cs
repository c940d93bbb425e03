namespace TaskGrid.Bench;

/// <summary>What one run of a scenario came to, of one contender.</summary>
/// <param name="Scenario">The scenario's name.</param>
/// <param name="Contender">Whose run it was.</param>
/// <param name="Count">How many tasks: the N of its figures.</param>
/// <param name="Figures">Its figures, by their names; see <see cref="Figure"/>.</param>
internal sealed record Measurement(string Scenario, string Contender, int Count, IReadOnlyDictionary<string, double> Figures);

/// <summary>The names of figures, with their units.</summary>
internal static class Figure
{
    public const string Throughput = "tasks/s";
    public const string AcknowledgedP50 = "acknowledged p50 ms";
    public const string AcknowledgedP99 = "acknowledged p99 ms";
    public const string RoundTripP50 = "round trip p50 ms";
    public const string RoundTripP99 = "round trip p99 ms";
    public const string LateP50 = "late p50 ms";
    public const string LateP99 = "late p99 ms";
    public const string SlotsBusy = "slots busy %";
    public const string WorkerMemory = "worker MiB";
    public const string WorkerGrowth = "worker MiB more";
    public const string DataPerTask = "Redis bytes/task";
    public const string Rewrites = "AOF rewrites";

    /// <summary>Whether more of it is better.</summary>
    public static bool IsBetterHigh(string name) => name is Throughput or SlotsBusy;
}
