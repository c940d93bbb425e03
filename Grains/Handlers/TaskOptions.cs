using TaskGrid.Handlers;

namespace TaskGrid;

/// <summary>How the tasks of one name are treated. A submit may override queue, priority and attempts.</summary>
public sealed class TaskOptions
{
    /// <summary>The queue they lie in: 1 to 100 letters, digits, <c>_ . -</c>; default <c>default</c>.</summary>
    public string Queue { get; set; } = "default";

    /// <summary>0 to 9, 9 first, strictly within the queue; default 5.</summary>
    public int Priority { get; set; } = 5;

    /// <summary>
    /// How many attempts may fail before the task does, 1 to 1,000; default 3. An attempt that is cut off by the death of its
    /// process does not count.
    /// </summary>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>
    /// The longest wait before the first retry, doubled for each further one up to <see cref="MaxRetryDelay"/>; default 1 s,
    /// zero retries at once.
    /// </summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait before any retry, from <see cref="RetryDelay"/> to 365 days; default 5 min.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>What is wrong with them and what to do about it; <c>null</c> when they are fine.</summary>
    internal string? FindProblem() => this switch
    {
        _ when !Names.IsValidQueue(Queue) => $"Queue is '{Queue}'; use 1 to {Names.MaxNameLength} letters, digits, _ . -",
        { Priority: < 0 or > 9 } => $"Priority is {Priority}; use 0 to 9, where 9 is taken first.",
        { MaxAttempts: < 1 or > 1000 } => $"MaxAttempts is {MaxAttempts}; use 1 (no retry) to 1000.",
        _ when RetryDelay < TimeSpan.Zero => $"RetryDelay is {RetryDelay}; use zero or more.",
        _ when MaxRetryDelay < RetryDelay => $"MaxRetryDelay is {MaxRetryDelay}, less than RetryDelay ({RetryDelay}); raise it or lower RetryDelay.",
        _ when MaxRetryDelay > TimeSpan.FromDays(365) => $"MaxRetryDelay is {MaxRetryDelay}; use at most 365 days.",
        _ => null,
    };
}
