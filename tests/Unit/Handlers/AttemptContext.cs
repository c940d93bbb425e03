using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace TaskGrid.Unit.Handlers;

internal sealed class AttemptContext : TaskContext
{
    public override string TaskId => "id-1";

    public override string TaskName => "task";

    public override string Queue => "default";

    public override int Attempt => 1;

    public override int MaxAttempts => 3;

    public override long Token => 7;

    public override ILogger Logger => NullLogger.Instance;

    public override void ReportProgress<T>(T progress)
    {
    }
}
