using Orleans.Concurrency;

namespace TaskGrid;

/// <summary>One task, keyed by its id. Its state is the record in the store, so the grain is the result backend.</summary>
[Alias("taskgrid.task")]
public interface ITaskGrain : IGrainWithStringKey
{
    /// <summary>Reads the task from the store; <c>null</c> when the id was never submitted or has been forgotten.</summary>
    [Alias("GetSnapshot"), AlwaysInterleave]
    Task<TaskSnapshot?> GetSnapshot();

    /// <summary>
    /// Answers when the task is final, or with its present state after <paramref name="timeout"/>. Keep the timeout below the
    /// cluster's response timeout and call again: <see cref="TaskHandle.WaitAsync"/> does.
    /// </summary>
    [Alias("Wait"), AlwaysInterleave]
    Task<TaskSnapshot?> Wait(TimeSpan timeout);

    /// <summary>Cancels the task durably; calling it again changes nothing.</summary>
    [Alias("Cancel"), AlwaysInterleave]
    Task<CancelReply> Cancel();
}
