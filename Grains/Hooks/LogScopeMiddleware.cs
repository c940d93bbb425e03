namespace TaskGrid.Hooks;

/// <summary>Says in every line that is logged during an attempt which one it is.</summary>
internal sealed class LogScopeMiddleware(IReadOnlyList<string> headers) : ITaskMiddleware
{
    public async Task InvokeAsync(TaskExecution execution, TaskExecutionDelegate next)
    {
        using var scope = execution.Context.Logger.BeginScope(Describe(execution.Context));
        await next(execution).ConfigureAwait(false);
    }

    private Dictionary<string, object?> Describe(TaskContext context)
    {
        var words = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["Task"] = context.TaskName,
            ["TaskId"] = context.TaskId,
            ["RootId"] = context.RootId,
            ["Queue"] = context.Queue,
            ["Attempt"] = context.Attempt,
        };
        foreach (var name in headers)
        {
            if (context.Headers.TryGetValue(name, out var value))
            {
                words[$"Header.{name}"] = value;
            }
        }

        return words;
    }
}
