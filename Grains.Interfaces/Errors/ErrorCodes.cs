namespace TaskGrid;

/// <summary>The stable codes of refusals and of errors that the grid itself gives a task.</summary>
public static class ErrorCodes
{
    /// <summary>No live silo has registered the task name.</summary>
    public const string UnknownTask = "unknown_task";

    /// <summary>The task name is not made of 1 to 100 letters, digits, <c>_ . -</c>.</summary>
    public const string InvalidTaskName = "invalid_task_name";

    /// <summary>The arguments do not fit the handler's parameters.</summary>
    public const string InvalidArguments = "invalid_arguments";

    /// <summary>The arguments are larger than the grid takes.</summary>
    public const string ArgumentsTooLarge = "arguments_too_large";

    /// <summary>The id is not made of 1 to 128 letters, digits, <c>_ . -</c>.</summary>
    public const string InvalidId = "invalid_id";

    /// <summary>The queue name is not made of 1 to 100 letters, digits, <c>_ . -</c>.</summary>
    public const string InvalidQueue = "invalid_queue";

    /// <summary>The priority is not between 0 and 9.</summary>
    public const string InvalidPriority = "invalid_priority";

    /// <summary>The delay is negative or longer than ten years, or both a delay and a due instant were given.</summary>
    public const string InvalidDelay = "invalid_delay";

    /// <summary>The number of attempts is not between 1 and 1,000,000, or forever.</summary>
    public const string InvalidMaxAttempts = "invalid_max_attempts";

    /// <summary>Another option is out of its bounds; the field says which.</summary>
    public const string InvalidOption = "invalid_option";

    /// <summary>The idempotency key was used before with other content.</summary>
    public const string IdempotencyKeyReused = "idempotency_key_reused";

    /// <summary>A task with this id and other content exists.</summary>
    public const string TaskExists = "task_exists";

    /// <summary>A task with the same deduplication key stands for this one, and has been forgotten already.</summary>
    public const string Duplicate = "duplicate";

    /// <summary>There are as many API keys as the grid keeps.</summary>
    public const string TooManyKeys = "too_many_keys";

    /// <summary>No task has this id.</summary>
    public const string TaskNotFound = "task_not_found";

    /// <summary>The store can't be reached, or is not the one that this grid belongs to.</summary>
    public const string StoreUnavailable = "store_unavailable";

    /// <summary>More than 90 % of the store's memory is used: nothing new is accepted until tasks have been forgotten.</summary>
    public const string StoreFull = "store_full";

    /// <summary>By its settings the store loses tasks when it restarts or runs out of memory: nothing new is accepted.</summary>
    public const string StoreUnsafe = "store_unsafe";

    /// <summary>No silo answered in time.</summary>
    public const string GridUnavailable = "grid_unavailable";

    /// <summary>A task's error: worker processes died while they ran it, as often as the crash limit allows.</summary>
    public const string WorkerCrash = "worker_crash";

    /// <summary>A task's error: it is delivered at most once, and its attempt was interrupted.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>A task's error: an attempt took longer than its time limit.</summary>
    public const string TimeLimitExceeded = "time_limit_exceeded";

    /// <summary>A task's error: it was not final by its deadline.</summary>
    public const string DeadlineExceeded = "deadline_exceeded";

    /// <summary>A task's error: an attempt gave no sign of life for longer than its heartbeat timeout.</summary>
    public const string HeartbeatTimeout = "heartbeat_timeout";

    /// <summary>A task's error: the handler returned more than the grid stores.</summary>
    public const string ResultTooLarge = "result_too_large";

    /// <summary>A task's error: what the handler returned can't be written as JSON.</summary>
    public const string ResultNotSerializable = "result_not_serializable";
}
