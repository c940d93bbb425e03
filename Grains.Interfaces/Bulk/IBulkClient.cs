namespace TaskGrid;

/// <summary>Does something to many tasks. Each call returns when the operation has begun; it then goes on in small steps that hold nobody up.</summary>
public interface IBulkClient
{
    /// <summary>Cancels many tasks: by tag, by queue, by task name.</summary>
    /// <exception cref="TaskRefusedException">The request does not say which tasks, or says too much.</exception>
    /// <exception cref="GridUnavailableException">No answer in time; the operation may have begun.</exception>
    Task<BulkHandle> CancelAsync(string? tag = null, string? queue = null, string? task = null, CancellationToken cancellationToken = default);

    /// <summary>Cancels all that waits in a queue, of one task name if it is given.</summary>
    /// <inheritdoc cref="CancelAsync"/>
    Task<BulkHandle> PurgeAsync(string queue, string? task = null, CancellationToken cancellationToken = default);

    /// <summary>Moves all that waits in a queue to another one, of one task name if it is given.</summary>
    /// <inheritdoc cref="CancelAsync"/>
    Task<BulkHandle> MoveAsync(string queue, string target, string? task = null, CancellationToken cancellationToken = default);

    /// <summary>Lets all that has failed run again, of a queue or a task name.</summary>
    /// <inheritdoc cref="CancelAsync"/>
    Task<BulkHandle> RetryAsync(string? queue = null, string? task = null, CancellationToken cancellationToken = default);

    /// <summary>Begins any of these, as it is asked for in one piece.</summary>
    /// <inheritdoc cref="CancelAsync"/>
    Task<BulkHandle> BeginAsync(BulkRequest request, CancellationToken cancellationToken = default);

    /// <summary>How many tasks an operation would change if it began now.</summary>
    /// <exception cref="TaskRefusedException">The request does not say which tasks, or says too much.</exception>
    /// <exception cref="GridUnavailableException">No answer in time.</exception>
    Task<BulkImpact> CountAsync(BulkRequest request, CancellationToken cancellationToken = default);

    /// <summary>A handle on an operation by id, without asking whether it exists.</summary>
    BulkHandle GetHandle(string id);
}
