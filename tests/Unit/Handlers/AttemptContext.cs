using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace TaskGrid.Unit.Handlers;

internal sealed class AttemptContext : TaskContext
{
    public IReadOnlyDictionary<string, string> WithHeaders { get; init; } = new Dictionary<string, string>();

    public ILogger WithLogger { get; init; } = NullLogger.Instance;

    public override string TaskId => "id-1";

    public override string TaskName => "task";

    public override string Queue => "default";

    public override int Attempt => 1;

    public override int MaxAttempts => 3;

    public override long Token => 7;

    public override IReadOnlyList<string> Tags => [];

    public override IReadOnlyDictionary<string, string> Headers => WithHeaders;

    public override string? ParentId => null;

    public override string RootId => TaskId;

    public override DateTimeOffset? DeadlineAt => null;

    public override StopReason StopReason => StopReason.None;

    public override ILogger Logger => WithLogger;

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
