namespace TaskGrid;

/// <summary>Reads lists of tasks, also for who is limited to some of them.</summary>
internal sealed class TaskLists(ITaskTransport transport, GridCalls calls)
{
    public const int DefaultLimit = 50;

    /// <exception cref="GridUnavailableException">No answer in time.</exception>
    public Task<TaskListReply> ReadAsync(TaskListRequest request, CancellationToken cancellationToken) =>
        calls.RetryAsync(() => transport.ListAsync(request, cancellationToken), cancellationToken);
}
