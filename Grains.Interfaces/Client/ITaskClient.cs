namespace TaskGrid;

/// <summary>
/// Submits tasks and asks after them. Safe to use from many threads. Ids are minted here, before the first try, so a
/// submit that is retried after a lost answer is the same task.
/// </summary>
public interface ITaskClient
{
    /// <summary>Submits a task by the type of its arguments; returns when it is stored.</summary>
    /// <exception cref="TaskRefusedException">The grid does not take it; see the code.</exception>
    /// <exception cref="GridUnavailableException">No answer within <see cref="TaskGridClientOptions.SubmitTimeout"/>.</exception>
    Task<TaskHandle<TResult>> SubmitAsync<TResult>(IGridTask<TResult> args, SubmitOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Submits a task by name; returns when it is stored.</summary>
    /// <inheritdoc cref="SubmitAsync{TResult}(IGridTask{TResult}, SubmitOptions, CancellationToken)"/>
    Task<TaskHandle> SubmitAsync(string task, object? args = null, SubmitOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Submits a task by name whose result is read as <typeparamref name="TResult"/>.</summary>
    /// <inheritdoc cref="SubmitAsync{TResult}(IGridTask{TResult}, SubmitOptions, CancellationToken)"/>
    Task<TaskHandle<TResult>> SubmitAsync<TResult>(string task, object? args = null, SubmitOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Submits many tasks in one call. Each is accepted or refused by itself; replies come in the order of the submissions.
    /// </summary>
    /// <exception cref="GridUnavailableException">Some were neither accepted nor refused in time.</exception>
    Task<IReadOnlyList<SubmitReply>> SubmitBatchAsync(IReadOnlyList<TaskSubmission> submissions, CancellationToken cancellationToken = default);

    /// <summary>A page of the tasks that there are: everything that has been accepted and not forgotten.</summary>
    /// <param name="filter">Which tasks, and by that their order; <c>null</c> for all, the one accepted last first.</param>
    /// <param name="limit">How many at most; 1 to 200.</param>
    /// <param name="cursor">The <see cref="TaskPage.Next"/> of the page before; <c>null</c> for the first page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TaskRefusedException">The filter, limit or cursor is out of its bounds.</exception>
    /// <exception cref="GridUnavailableException">No answer within <see cref="TaskGridClientOptions.SubmitTimeout"/>.</exception>
    Task<TaskPage> ListAsync(TaskFilter? filter = null, int limit = 50, string? cursor = null, CancellationToken cancellationToken = default);

    /// <summary>A handle on a task by id, without asking whether it exists.</summary>
    TaskHandle GetHandle(string id);

    /// <summary>A handle on a task by id whose result is read as <typeparamref name="TResult"/>.</summary>
    TaskHandle<TResult> GetHandle<TResult>(string id);
}
