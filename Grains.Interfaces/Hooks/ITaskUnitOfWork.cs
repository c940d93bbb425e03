namespace TaskGrid;

/// <summary>
/// What a handler changes in one transaction, for example a database context. It lives in the attempt's scope, where the handler finds
/// the same instance.
/// </summary>
public interface ITaskUnitOfWork
{
    /// <summary>
    /// The handler has returned: make its changes last. An exception is the attempt's failure. The success is stored after it, so a process that dies
    /// between the two leaves committed changes and runs the task again: keep the task's id with them to notice.
    /// </summary>
    Task CommitAsync(CancellationToken cancellationToken);

    /// <summary>The handler, or the commit, has thrown: undo what was changed. Called with a token that does not fire.</summary>
    Task RollbackAsync(CancellationToken cancellationToken);
}
