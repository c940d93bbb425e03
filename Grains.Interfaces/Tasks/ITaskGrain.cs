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

    /// <summary>Moves a waiting task to another queue, priority or due instant.</summary>
    [Alias("Change"), AlwaysInterleave]
    Task<ChangeReply> Change(TaskChange change, TaskTouch touch);

    /// <summary>Lets a failed or cancelled task run again with all its attempts; its old deadline does not hold any more.</summary>
    [Alias("Retry"), AlwaysInterleave]
    Task<ChangeOutcome> Retry(TaskTouch touch);

    /// <summary>Forgets a final task at once. A submit with its id is refused for the rest of its idempotency window.</summary>
    [Alias("Forget"), AlwaysInterleave]
    Task<ChangeOutcome> Forget();

    /// <summary>The last 200 lines of the task's own log, oldest first.</summary>
    [Alias("GetLog"), AlwaysInterleave]
    Task<TaskLogPart> GetLog();
}
