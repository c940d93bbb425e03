namespace TaskGrid;

/// <summary>The user's code for one task without a result. One instance per attempt, from its own service scope.</summary>
public interface ITaskHandler<in TArgs>
{
    /// <summary>Runs one attempt. Returning is success; an exception is a failed attempt and is retried by the task's options.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="context">Id, attempt, progress and logger of this attempt.</param>
    /// <param name="cancellationToken">
    /// Fires when the task is cancelled, a limit is reached, its lease is lost, or the host's stop runs out of time:
    /// <see cref="TaskContext.StopReason"/> says which.
    /// </param>
    Task RunAsync(TArgs args, TaskContext context, CancellationToken cancellationToken);
}

/// <summary>The user's code for one task with a result. One instance per attempt, from its own service scope.</summary>
public interface ITaskHandler<in TArgs, TResult>
{
    /// <inheritdoc cref="ITaskHandler{TArgs}.RunAsync"/>
    /// <returns>The result, stored as JSON.</returns>
    Task<TResult> RunAsync(TArgs args, TaskContext context, CancellationToken cancellationToken);
}
