using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace TaskGrid.Faults.Proof;

/// <summary>What all parts together say, as a page.</summary>
internal static class Report
{
    // By the words that the tests keep their figures under.
    private static readonly string[] s_counts = ["lost", "unexpected", "overlaps", "stale", "doubled", "illegal"];

    // The figure of those cases in which the store itself loses what it had answered.
    private const string LostByTheStore = "acknowledged and lost";

    /// <param name="repository">What it is about.</param>
    /// <param name="folder">What is known of that.</param>
    /// <param name="redis">The version of Redis.</param>
    public static string Of(Repository repository, ReportFolder folder, string redis)
    {
        var commit = repository.Product;
        var all = Parts.All("/").Select(p => (p.Name, Result: p.Known(repository, folder))).ToList();
        var parts = all.SelectMany(p => p.Result?.Cases ?? []).ToList();
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            # Reliability: what was done to the grid, and what came of it

            The long form of the fault tests, on the product of commit `{commit}`: `dotnet run --project tests/Faults/Proof`. What each case does, and what a user can rely
            on, is in [guarantees](guarantees.md); this page has the figures.

            Machine: {Machine()}, Redis {redis}. All processes of a case (three silos, a web application, Redis, the client) share it.

            N is the number of acknowledged tasks. *Lost*: acknowledged, and never ran or never ended, but for what the store itself lost after it had answered (the
            figure *acknowledged and lost* has that). *Unexpected*: ran, and was never submitted.
            *Overlaps*: two runs of a task alive at a time. *Stale*: the result of a run that was not the last was accepted. *Doubled*: idempotency keys with more
            than one task. *Illegal*: a state, attempt or token that no task may have. *Repeated*: runs beyond the first of a task.


            """);
        page.AppendLine(CultureInfo.InvariantCulture, $"| Case | parts | N | {string.Join(" | ", s_counts)} | repeated |");
        page.AppendLine(CultureInfo.InvariantCulture, $"|---|---|---|{string.Concat(Enumerable.Repeat("---|", s_counts.Length + 1))}");
        foreach (var group in parts.GroupBy(p => p.Case).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"| {Words(group.Key)} | {group.Count()} | {Row(group)} |");
        }

        page.AppendLine(CultureInfo.InvariantCulture, $"| **all** | {parts.Count} | {Row(parts)} |");
        page.Append(CultureInfo.InvariantCulture, $"""

            ## What that promises

            {Worth(parts)} What a user can rely on depends on how Redis keeps what it is told:

            | Redis | An acknowledged task survives | Shown by |
            |---|---|---|
            | `appendonly yes`, `appendfsync always` | the death of every process, Redis too, and the loss of power: nothing that was answered is lost but with the disk | Nothing is lost that Redis syncs before it answers |
            | `appendonly yes`, `appendfsync everysec` (the compose file, and every case that says nothing else) | the death of every process of the grid. The loss of power takes what was acknowledged since the last sync, a second or two: it is answered with 404. The death of Redis itself takes what it answered while a sync was on its way, if one was: where Redis is killed here, it has first been told to write everything down | What Redis has not synced is lost and nothing else |
            | a replica takes over | what had come to the replica: replication does not wait | A replica takes over |
            | no append-only file, or keys that are evicted | nothing, so nothing is accepted | Its settings lose tasks |


            """);
        page.Append("## What was measured\n\n| Case | figure | of | p50 | p95 | most |\n|---|---|---|---|---|---|\n");
        foreach (var figure in parts.SelectMany(p => p.Figures.SelectMany(f => f.Value.Select(v => (p.Case, Name: f.Key, Value: v)))).GroupBy(f => (f.Case, f.Name)).OrderBy(g => g.Key))
        {
            var values = figure.Select(f => f.Value).Order().ToList();
            page.AppendLine(CultureInfo.InvariantCulture, $"| {Words(figure.Key.Case)} | {figure.Key.Name} | {values.Count} | {At(values, 0.5)} | {At(values, 0.95)} | {At(values, 1)} |");
        }

        page.Append(CultureInfo.InvariantCulture, $"\n## Parts\n\n{all.Count(p => p.Result is { Passed: true })} of {all.Count} have passed. The figures of each are in `docs/reliability/{commit}`.\n\n");
        page.Append("| Part | tests of commit | passed | failed | not run | took, s |\n|---|---|---|---|---|---|\n");
        foreach (var part in all.GroupBy(p => PartRun.WithoutNumber(p.Name), p => p.Result))
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"| {Words(part.Key)} | {string.Join(", ", part.Select(r => r?.Tests).OfType<string>().Distinct())} | {part.Count(r => r is { Passed: true })} | {part.Count(r => r is { Passed: false })} | {part.Count(r => r is null)} | {part.Sum(r => r?.Seconds)} |");
        }

        return page.ToString();
    }

    // No loss in N says, with 95 % confidence, that the share of losses is below 3/N.
    private static string Worth(List<CaseResult> parts)
    {
        var (byStore, others) = (parts.Where(MayLose).ToList(), parts.Where(p => !MayLose(p)).ToList());
        var (n, lost) = (others.Sum(p => p.Acknowledged), others.Sum(p => p.Counts.GetValueOrDefault("lost")));
        var gone = byStore.Count == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $" Where the store itself lost what it had answered, {byStore.Sum(p => p.Figures[LostByTheStore].Sum()):#,0} of {byStore.Sum(p => p.Acknowledged):#,0} acknowledged tasks were gone, and answered with 404.");
        return (n, lost) switch
        {
            (0, _) => "Nothing has been acknowledged yet, so nothing is shown.",
            (_, 0) => string.Create(CultureInfo.InvariantCulture, $"None lost of {n:#,0} says with 95 % confidence that under such faults fewer than one in {n / 3:#,0} is lost, and no more.{gone}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{lost:#,0} of {n:#,0} were lost: that is a defect.{gone}"),
        };
    }

    private static bool MayLose(CaseResult part) => part.Figures.ContainsKey(LostByTheStore);

    private static string Row(IEnumerable<CaseResult> parts)
    {
        var all = parts.ToList();
        return string.Join(" | ", [
            all.Sum(p => p.Acknowledged).ToString("#,0", CultureInfo.InvariantCulture),
            .. s_counts.Select(c => $"{all.Sum(p => p.Counts.GetValueOrDefault(c))}"),
            $"{all.Sum(p => p.Repeated)}",
        ]);
    }

    private static string Words(string name) => name.Replace('_', ' ');

    private static string At(List<double> sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(sorted.Count * share) - 1)].ToString("#,0.##", CultureInfo.InvariantCulture);

    private static string Machine() =>
        $"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1L << 30)} GiB, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";
}
