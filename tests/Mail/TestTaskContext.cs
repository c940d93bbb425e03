using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace TaskGrid.MailTests;

/// <summary>An attempt of a task, as the engine would hand it to the handler.</summary>
internal sealed class TestTaskContext(string taskId = "task-1", int attempt = 1) : TaskContext
{
    public override string TaskId => taskId;
    public override string TaskName => "send_email";
    public override string Queue => "mail";
    public override int Attempt => attempt;
    public override int MaxAttempts => 8;
    public override long Token => attempt;
    public override IReadOnlyList<string> Tags => [];
    public override IReadOnlyDictionary<string, string> Headers { get; } = new Dictionary<string, string>();
    public override string? ParentId => null;
    public override string RootId => TaskId;
    public override DateTimeOffset? DeadlineAt => null;
    public override StopReason StopReason => StopReason.None;
    public override ILogger Logger => NullLogger.Instance;

    public override void ReportProgress<T>(T progress)
    {
    }

    public override void Heartbeat()
    {
    }

    public override void Log(string line)
    {
    }
}
