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

    /// <summary>The queue's and the caller's words for the task.</summary>
    public abstract IReadOnlyList<string> Tags { get; }

    /// <summary>What the submit sent along.</summary>
    public abstract IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>The task that submitted this one, if one did.</summary>
    public abstract string? ParentId { get; }

    /// <summary>The first of the line of parents; this task's own id when it has none.</summary>
    public abstract string RootId { get; }

    /// <summary>The instant at which the task fails whatever it does, if it has one.</summary>
    public abstract DateTimeOffset? DeadlineAt { get; }

    /// <summary>Why the cancellation token has fired.</summary>
    public abstract StopReason StopReason { get; }

    /// <summary>
    /// The fencing token of this attempt. It only ever grows for a task: a system that remembers the highest it has seen can
    /// refuse a stale attempt.
    /// </summary>
    public abstract long Token { get; }

    /// <summary>A logger whose lines carry task, queue and attempt.</summary>
    public abstract ILogger Logger { get; }

    /// <summary>
    /// Says how far the attempt is, as any value that serialises to JSON. Never blocks: whoever asks while it runs gets the last value at once, and
    /// that is written to the store at most every 250 ms; dropped when the attempt has lost its lease.
    /// </summary>
    public abstract void ReportProgress<T>(T progress);

    /// <summary>Says that the attempt lives, for tasks with a <see cref="TaskSettings.HeartbeatTimeout"/>; progress says it as well. Cheap, never blocks.</summary>
    public abstract void Heartbeat();

    /// <summary>
    /// Adds a line to the task's own log, which anyone can read who can read the task. Never blocks: lines are written to the store
    /// at most every 250 ms; the last 200 of a task are kept, each cut at 2,000 characters.
    /// </summary>
    public abstract void Log(string line);
}
