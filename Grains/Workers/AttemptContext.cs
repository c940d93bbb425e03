using Microsoft.Extensions.Logging;

namespace TaskGrid.Workers;

/// <summary>The <see cref="TaskContext"/> of one attempt.</summary>
internal sealed class AttemptContext(BegunAttempt begun, ILogger logger) : TaskContext
{
    private static readonly Dictionary<string, string> s_noHeaders = [];

    public override string TaskId => begun.Id;

    public override string TaskName => begun.Task;

    public override string Queue => begun.Queue;

    public override int Attempt => begun.Number;

    public override int MaxAttempts => begun.Settings.MaxAttempts;

    public override IReadOnlyList<string> Tags => begun.Definition.Meta.Tags ?? [];

    public override IReadOnlyDictionary<string, string> Headers => begun.Definition.Meta.Headers ?? s_noHeaders;

    public override string? ParentId => begun.Definition.Meta.ParentId;

    public override string RootId => begun.Definition.Meta.RootId ?? begun.Id;

    public override DateTimeOffset? DeadlineAt =>
        begun.Attempt.Terms.Deadline == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(begun.Attempt.Terms.Deadline);

    public override StopReason StopReason => begun.Attempt.Reason;

    public override long Token => begun.Attempt.Lease.Token;

    public override ILogger Logger => logger;

    public override void ReportProgress<T>(T progress)
    {
        Heartbeat();
        begun.Progress.Report(JsonText.From(progress));
    }

    public override void Heartbeat() => begun.Attempt.Beat();

    public override void Log(string line) => begun.Progress.Log(line);
}
