namespace TaskGrid;

/// <summary>One run of a handler, as the middleware around it sees and changes it.</summary>
/// <param name="context">The attempt's context.</param>
/// <param name="args">The arguments as submitted.</param>
/// <param name="services">The attempt's scope.</param>
/// <param name="cancellationToken">The token that the handler gets.</param>
public sealed class TaskExecution(TaskContext context, JsonText args, IServiceProvider services, CancellationToken cancellationToken)
{
    /// <summary>The attempt: its task, number, headers and so on.</summary>
    public TaskContext Context { get; } = context;

    /// <summary>What the handler's parameters are bound from. They were checked as submitted; changed ones that do not fit fail the task.</summary>
    public JsonText Args { get; set; } = args;

    /// <summary>The attempt's service scope, which the handler's dependencies come from, too.</summary>
    public IServiceProvider Services { get; } = services;

    /// <summary>Fires when the attempt is to end; <see cref="TaskContext.StopReason"/> says why.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>What the handler returned, once it has; what it is in the end is stored.</summary>
    public JsonText Result { get; set; }

    /// <summary>Runs the handler and keeps its result.</summary>
    internal TaskExecutionDelegate? Handler { get; set; }
}
