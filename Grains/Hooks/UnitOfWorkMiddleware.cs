using Microsoft.Extensions.Logging;

namespace TaskGrid.Hooks;

/// <summary>Commits what a handler did if, and only if, it has succeeded.</summary>
internal sealed partial class UnitOfWorkMiddleware<TUnit>(TUnit unit, ILogger<UnitOfWorkMiddleware<TUnit>> logger) : ITaskMiddleware
    where TUnit : class, ITaskUnitOfWork
{
    public async Task InvokeAsync(TaskExecution execution, TaskExecutionDelegate next)
    {
        try
        {
            await next(execution).ConfigureAwait(false);
            await unit.CommitAsync(execution.CancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            await RollBackAsync(execution.Context).ConfigureAwait(false);
            throw;
        }
    }

    // What went wrong before says what the attempt comes to; it must not be replaced by this.
    private async Task RollBackAsync(TaskContext context)
    {
        try
        {
            await unit.RollbackAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogNotRolledBack(context.TaskId, context.TaskName, context.Queue, context.Attempt, e);
        }
    }

    [LoggerMessage(LogLevel.Error, "Task {TaskId} ({Task}) of queue {Queue}: the unit of work of attempt {Attempt} could not be rolled back")]
    private partial void LogNotRolledBack(string taskId, string task, string queue, int attempt, Exception exception);
}
