namespace TaskGrid;

/// <summary>Thrown by a handler to say itself what its attempt comes to.</summary>
/// <param name="message">For the log and the attempt's record.</param>
/// <param name="inner">The cause.</param>
public abstract class TaskControlException(string message, Exception? inner) : Exception(message, inner);

/// <summary>The attempt has failed; the next one starts after the given pause instead of the one of the task's backoff. Attempts are counted as ever; <see cref="TaskSettings.RetryOn"/> and <see cref="TaskSettings.NeverRetryOn"/> do not matter.</summary>
/// <param name="delay">The pause, up to 10 years.</param>
/// <param name="inner">What went wrong; its type and message become the attempt's error.</param>
public sealed class RetryTaskException(TimeSpan delay, Exception? inner = null)
    : TaskControlException(inner?.Message ?? $"The handler asked to be retried in {delay}.", inner)
{
    /// <summary>The pause before the next attempt.</summary>
    public TimeSpan Delay { get; } = delay;
}

/// <summary>Not now: the same attempt runs again after the given pause, and nothing is counted.</summary>
/// <param name="delay">The pause, up to 10 years.</param>
public sealed class SnoozeTaskException(TimeSpan delay) : TaskControlException($"The handler snoozed for {delay}.", null)
{
    /// <summary>The pause.</summary>
    public TimeSpan Delay { get; } = delay;
}

/// <summary>
/// Not here: the task goes back to its place in the queue at once, and nothing is counted. The silo leaves it to another one once, for
/// two seconds; if it is the only one that can run it, it has it again.
/// </summary>
public sealed class RejectTaskException() : TaskControlException("The handler gave the task back to its queue.", null);

/// <summary>The task is not to be done any more: it becomes <see cref="TaskState.Cancelled"/>.</summary>
/// <param name="reason">Why: 1 to 100 letters, digits, <c>_ . -</c>; it becomes the snapshot's reason.</param>
public sealed class CancelTaskException(string reason = "requested") : TaskControlException($"The handler cancelled its task: {reason}.", null)
{
    /// <summary>The snapshot's reason.</summary>
    public string Reason { get; } = reason;
}
