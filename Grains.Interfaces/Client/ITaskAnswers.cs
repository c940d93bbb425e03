namespace TaskGrid;

/// <summary>Answers what a <see cref="TaskHandle"/> asks after its task.</summary>
internal interface ITaskAnswers
{
    Task<TaskSnapshot?> GetSnapshotAsync(string id, CancellationToken cancellationToken);

    Task<TaskSnapshot> WaitAsync(string id, TimeSpan timeout, CancellationToken cancellationToken);

    Task<CancelReply> CancelAsync(string id, CancellationToken cancellationToken);

    Task<ChangeOutcome> ChangeAsync(string id, TaskChange change, TouchTerms terms, CancellationToken cancellationToken);

    Task<ChangeOutcome> RetryAsync(string id, TouchTerms terms, CancellationToken cancellationToken);

    Task<ChangeOutcome> ForgetAsync(string id, CancellationToken cancellationToken);

    Task<TaskLogPart> GetLogAsync(string id, CancellationToken cancellationToken);
}

/// <summary>What a caller says itself of a change or retry; left out, it is minted and looked up.</summary>
/// <param name="Operation">Its name: under the same it is made once.</param>
/// <param name="Seen">The version that it is to be made of, and of no other.</param>
internal readonly record struct TouchTerms(string? Operation, long? Seen);
