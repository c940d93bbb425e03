namespace TaskGrid;

/// <summary>
/// The way to the grid: to its silos, or to its web application. Each method is one try: all that means "no answer" is thrown as an exception that
/// <see cref="GridCalls"/> repeats.
/// </summary>
internal interface ITaskTransport
{
    /// <summary>The longest <see cref="WaitAsync"/>.</summary>
    TimeSpan LongestWait { get; }

    Task<SubmitReply[]> SubmitAsync(TaskSubmission[] submissions, CancellationToken cancellationToken);

    Task<TaskSnapshot?> GetSnapshotAsync(string id, CancellationToken cancellationToken);

    Task<TaskSnapshot?> WaitAsync(string id, TimeSpan timeout, CancellationToken cancellationToken);

    Task<CancelReply> CancelAsync(string id, CancellationToken cancellationToken);

    Task<ChangeReply> ChangeAsync(string id, TaskChange change, TaskTouch touch, CancellationToken cancellationToken);

    Task<ChangeOutcome> RetryAsync(string id, TaskTouch touch, CancellationToken cancellationToken);

    Task<ChangeOutcome> ForgetAsync(string id, CancellationToken cancellationToken);

    Task<TaskLogPart> GetLogAsync(string id, CancellationToken cancellationToken);

    Task<TaskListReply> ListAsync(TaskListRequest request, CancellationToken cancellationToken);
}
