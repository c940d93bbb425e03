namespace TaskGrid;

/// <summary>
/// What a task can ask for, and what a task name, a queue or the whole grid can set as default. What is not given here comes
/// from the next: the call, then the task's registration, then the queue, then the grid, then the values named below.
/// </summary>
[GenerateSerializer, Alias("taskgrid.settings")]
public record TaskSettings
{
    /// <summary>For <see cref="MaxAttempts"/>: retried until it succeeds or is cancelled.</summary>
    public const int Forever = int.MaxValue;

    /// <summary>0 to 9, 9 first, strictly within the queue; else 5.</summary>
    [Id(0)] public int? Priority { get; set; }

    /// <summary>
    /// How many attempts may fail before the task does, 1 to 1,000,000 or <see cref="Forever"/>; else 3. An attempt that is cut
    /// off by the death of its process does not count, nor does a snoozed one.
    /// </summary>
    [Id(1)] public int? MaxAttempts { get; set; }

    /// <summary>How long to wait between attempts; else exponential from 1 s to 5 min with full jitter.</summary>
    [Id(2)] public Backoff? Backoff { get; set; }

    /// <summary>
    /// Full names of exception types, base types included: a failure of another type is final. Else every type is retried.
    /// </summary>
    [Id(3)] public IReadOnlyList<string>? RetryOn { get; set; }

    /// <summary>Full names of exception types, base types included, that are never retried; stronger than <see cref="RetryOn"/>.</summary>
    [Id(4)] public IReadOnlyList<string>? NeverRetryOn { get; set; }

    /// <summary>From acceptance: a task that has not started by then becomes <see cref="TaskState.Cancelled"/> (<c>expired</c>); else never.</summary>
    [Id(5)] public TimeSpan? ExpiresAfter { get; set; }

    /// <summary>From acceptance, across all attempts: a task that is not final by then fails with <see cref="ErrorCodes.DeadlineExceeded"/>; else never.</summary>
    [Id(6)] public TimeSpan? DeadlineAfter { get; set; }

    /// <summary>From the start of an attempt: its token fires, with <see cref="StopReason.SoftTimeLimit"/> as the context's stop reason; else never.</summary>
    [Id(7)] public TimeSpan? SoftTimeLimit { get; set; }

    /// <summary>
    /// From the start of an attempt: it is over and counts as failed with <see cref="ErrorCodes.TimeLimitExceeded"/>, whatever its
    /// code still does; else never. Code that does not end keeps its slot, which is then counted as leaked.
    /// </summary>
    [Id(8)] public TimeSpan? TimeLimit { get; set; }

    /// <summary>An attempt that has neither reported progress nor a heartbeat for this long has failed with <see cref="ErrorCodes.HeartbeatTimeout"/>; else none is expected.</summary>
    [Id(9)] public TimeSpan? HeartbeatTimeout { get; set; }

    /// <summary>How long a running attempt may go on after its task was cancelled, before it is over whatever its code still does; else 30 s.</summary>
    [Id(10)] public TimeSpan? CancelTimeout { get; set; }

    /// <summary>How many tasks with the same <see cref="SubmitOptions.ConcurrencyKey"/> run at a time in one queue, 1 to 10,000; else no limit. 1 makes the key a serial lane.</summary>
    [Id(11)] public int? ConcurrencyLimit { get; set; }

    /// <summary>Whether the result is thrown away; else it is kept.</summary>
    [Id(12)] public bool? IgnoreResult { get; set; }

    /// <summary>The largest result kept, in bytes of JSON; a larger one fails the task with <see cref="ErrorCodes.ResultTooLarge"/>. Else what the grid takes.</summary>
    [Id(13)] public int? MaxResultBytes { get; set; }

    /// <summary>How long the task can be asked after when it has succeeded, from a minute to ten years; rounded up to a step of the retention ladder. Else what the grid keeps.</summary>
    [Id(14)] public TimeSpan? KeepSucceeded { get; set; }

    /// <summary>The same for a failed task.</summary>
    [Id(15)] public TimeSpan? KeepFailed { get; set; }

    /// <summary>The same for a cancelled task; else as long as if it had succeeded.</summary>
    [Id(16)] public TimeSpan? KeepCancelled { get; set; }

    /// <summary>What an interruption means; else <see cref="Delivery.AtLeastOnce"/>.</summary>
    [Id(17)] public Delivery? Delivery { get; set; }

    /// <summary>These settings, and where they say nothing those of <paramref name="lower"/>.</summary>
    internal TaskSettings Over(TaskSettings? lower) => lower is null ? this : new()
    {
        Priority = Priority ?? lower.Priority,
        MaxAttempts = MaxAttempts ?? lower.MaxAttempts,
        Backoff = Backoff ?? lower.Backoff,
        RetryOn = RetryOn ?? lower.RetryOn,
        NeverRetryOn = NeverRetryOn ?? lower.NeverRetryOn,
        ExpiresAfter = ExpiresAfter ?? lower.ExpiresAfter,
        DeadlineAfter = DeadlineAfter ?? lower.DeadlineAfter,
        SoftTimeLimit = SoftTimeLimit ?? lower.SoftTimeLimit,
        TimeLimit = TimeLimit ?? lower.TimeLimit,
        HeartbeatTimeout = HeartbeatTimeout ?? lower.HeartbeatTimeout,
        CancelTimeout = CancelTimeout ?? lower.CancelTimeout,
        ConcurrencyLimit = ConcurrencyLimit ?? lower.ConcurrencyLimit,
        IgnoreResult = IgnoreResult ?? lower.IgnoreResult,
        MaxResultBytes = MaxResultBytes ?? lower.MaxResultBytes,
        KeepSucceeded = KeepSucceeded ?? lower.KeepSucceeded,
        KeepFailed = KeepFailed ?? lower.KeepFailed,
        KeepCancelled = KeepCancelled ?? lower.KeepCancelled,
        Delivery = Delivery ?? lower.Delivery,
    };
}
