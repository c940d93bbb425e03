using Microsoft.Extensions.Logging;
using TaskGrid.Tasks;

namespace TaskGrid.Workers;

/// <summary>The <see cref="TaskContext"/> of one attempt.</summary>
internal sealed class AttemptContext(Attempt attempt, TaskHeader header, ProgressWriter progress, ILogger logger) : TaskContext
{
    public override string TaskId => attempt.Id;

    public override string TaskName => header.Task;

    public override string Queue => attempt.Queue;

    public override int Attempt => attempt.Number;

    public override int MaxAttempts => header.MaxAttempts;

    public override long Token => attempt.Lease.Token;

    public override ILogger Logger => logger;

    public override void ReportProgress<T>(T progressValue) => progress.Report(JsonText.From(progressValue));
}
