namespace TaskGrid;

/// <summary>Answers what a <see cref="TaskHandle"/> asks after its task.</summary>
internal interface ITaskAnswers
{
    Task<TaskSnapshot?> GetSnapshotAsync(string id, CancellationToken cancellationToken);

    Task<TaskSnapshot> WaitAsync(string id, TimeSpan timeout, CancellationToken cancellationToken);

    Task<CancelReply> CancelAsync(string id, CancellationToken cancellationToken);

    Task<ChangeOutcome> ChangeAsync(string id, TaskChange change, CancellationToken cancellationToken);

    Task<ChangeOutcome> RetryAsync(string id, CancellationToken cancellationToken);

    Task<ChangeOutcome> ForgetAsync(string id, CancellationToken cancellationToken);

    Task<TaskLogPart> GetLogAsync(string id, CancellationToken cancellationToken);
}
