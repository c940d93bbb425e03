using Microsoft.Extensions.Logging;
using TaskGrid.Tasks;

namespace TaskGrid.Workers;

/// <summary>The <see cref="TaskContext"/> of one attempt.</summary>
internal sealed class AttemptContext(Attempt attempt, TaskDefinition definition, ProgressWriter progress, ILogger logger) : TaskContext
{
    private static readonly Dictionary<string, string> s_noHeaders = [];

    public override string TaskId => attempt.Id;

    public override string TaskName => definition.Header.Task;

    public override string Queue => attempt.Queue;

    public override int Attempt => attempt.Number;

    public override int MaxAttempts => definition.Header.Resolve().MaxAttempts;

    public override IReadOnlyList<string> Tags => definition.Meta.Tags ?? [];

    public override IReadOnlyDictionary<string, string> Headers => definition.Meta.Headers ?? s_noHeaders;

    public override string? ParentId => definition.Meta.ParentId;

    public override string RootId => definition.Meta.RootId ?? attempt.Id;

    public override DateTimeOffset? DeadlineAt =>
        attempt.Terms.Deadline == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(attempt.Terms.Deadline);

    public override StopReason StopReason => attempt.Reason;

    public override long Token => attempt.Lease.Token;

    public override ILogger Logger => logger;

    public override void ReportProgress<T>(T progressValue) => progress.Report(JsonText.From(progressValue));

    public override void Heartbeat() => attempt.Beat();

    public override void Log(string line) => progress.Log(line);
}
