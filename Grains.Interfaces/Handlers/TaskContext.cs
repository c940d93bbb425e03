using Microsoft.Extensions.Logging;

namespace TaskGrid;

/// <summary>What a handler may know of the attempt it runs, and tell about it.</summary>
public abstract class TaskContext
{
    /// <summary>The task's id: use it as idempotency key towards other systems, it is the same in every attempt.</summary>
    public abstract string TaskId { get; }

    /// <summary>The task name.</summary>
    public abstract string TaskName { get; }

    /// <summary>The queue it came from.</summary>
    public abstract string Queue { get; }

    /// <summary>1 for the first attempt.</summary>
    public abstract int Attempt { get; }

    /// <summary>How many attempts may fail before the task does.</summary>
    public abstract int MaxAttempts { get; }

    /// <summary>
    /// The fencing token of this attempt. It only ever grows for a task: a system that remembers the highest it has seen can
    /// refuse a stale attempt.
    /// </summary>
    public abstract long Token { get; }

    /// <summary>A logger whose lines carry task, queue and attempt.</summary>
    public abstract ILogger Logger { get; }

    /// <summary>
    /// Says how far the attempt is, as any value that serialises to JSON. Never blocks: the last value is written to the
    /// store at most every 250 ms, and dropped when the attempt has lost its lease.
    /// </summary>
    public abstract void ReportProgress<T>(T progress);
}
