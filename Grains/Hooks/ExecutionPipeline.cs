using TaskGrid.Tasks;
using TaskGrid.Telemetry;

namespace TaskGrid.Hooks;

/// <summary>One registered middleware: makes what comes before of what comes after.</summary>
internal sealed record ExecutionStep(Func<TaskExecutionDelegate, TaskExecutionDelegate> Around);

/// <summary>
/// Runs a handler inside of its ambient context, its activity and all middleware, the first one outermost. Without middleware and
/// listeners it costs the ambient value.
/// </summary>
internal sealed class ExecutionPipeline(IEnumerable<ExecutionStep> steps)
{
    private readonly TaskExecutionDelegate _chain = steps.Reverse().Aggregate(
        (TaskExecutionDelegate)(static execution => execution.Handler!(execution)), (next, step) => step.Around(next));

    /// <summary>Runs it once.</summary>
    /// <param name="execution">The attempt.</param>
    /// <param name="origin">Where the task came from.</param>
    /// <param name="handler">Runs the handler with what the execution holds by then, and keeps its result there.</param>
    /// <returns>What is to be stored.</returns>
    public async Task<JsonText> RunAsync(TaskExecution execution, TaskMeta origin, TaskExecutionDelegate handler)
    {
        execution.Handler = handler;
        using var current = TaskContextAccessor.Enter(execution.Context);
        using var activity = TaskActivity.Process(execution.Context, origin.TraceParent, origin.TraceState);
        try
        {
            await _chain(execution).ConfigureAwait(false);
            return execution.Result;
        }
        catch (Exception e)
        {
            activity?.Failed(e);
            throw;
        }
    }
}
