namespace TaskGrid;

/// <summary>The readable view of a task at one instant: what the client and the HTTP API return.</summary>
[GenerateSerializer, Immutable, Alias("taskgrid.snapshot")]
public sealed record TaskSnapshot
{
    /// <summary>The task's id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>The task name, for example <c>send_email</c>.</summary>
    [Id(1)] public required string Task { get; init; }

    /// <summary>The queue it lies in.</summary>
    [Id(2)] public required string Queue { get; init; }

    /// <summary>0 to 9; 9 is taken first.</summary>
    [Id(3)] public int Priority { get; init; }

    /// <summary>Where it is in its life.</summary>
    [Id(4)] public TaskState State { get; init; }

    /// <summary>Grows with every change of the task; equal versions are equal snapshots, progress apart.</summary>
    [Id(5)] public long Version { get; init; }

    /// <summary>The attempt that runs or ran last, 1-based; 0 before the first.</summary>
    [Id(6)] public int Attempt { get; init; }

    /// <summary>How many attempts may fail before the task does.</summary>
    [Id(7)] public int MaxAttempts { get; init; }

    /// <summary>How often an attempt was cut off by the death of its silo; never counted against <see cref="MaxAttempts"/>.</summary>
    [Id(8)] public int Interruptions { get; init; }

    /// <summary>When it was accepted, by the store's clock.</summary>
    [Id(9)] public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The instant before which the next attempt must not start, where there is one.</summary>
    [Id(10)] public DateTimeOffset? DueAt { get; init; }

    /// <summary>When the last attempt was leased, by the store's clock.</summary>
    [Id(11)] public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it became final, by the store's clock.</summary>
    [Id(12)] public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The silo that runs it, or ran its last attempt.</summary>
    [Id(13)] public string? Worker { get; init; }

    /// <summary>The arguments as submitted, but for those that only the handler sees: <c>"[hidden]"</c> stands in their place, or in that of all.</summary>
    [Id(14)] public JsonText? Args { get; init; }

    /// <summary>What the handler last reported; only the last value is kept.</summary>
    [Id(15)] public JsonText? Progress { get; init; }

    /// <summary>What the handler returned; set when <see cref="TaskState.Succeeded"/>.</summary>
    [Id(16)] public JsonText? Result { get; init; }

    /// <summary>The error of the last attempt that failed, also while another one waits or runs; gone once the task has succeeded or was cancelled.</summary>
    [Id(17)] public TaskError? Error { get; init; }

    /// <summary>Why it was cancelled (<c>requested</c>, <c>expired</c>, <c>replaced</c>, <c>purged</c>, or the handler's own word); set when <see cref="TaskState.Cancelled"/>.</summary>
    [Id(18)] public string? Reason { get; init; }

    /// <summary>Whether a cancel has been asked for that the running handler has not answered yet.</summary>
    [Id(19)] public bool CancelRequested { get; init; }

    /// <summary>The attempts that failed, oldest first; at most the last 20.</summary>
    [Id(20)] public IReadOnlyList<TaskAttempt> Attempts { get; init; } = [];

    /// <summary>The instant before which it must have started, where there is one.</summary>
    [Id(21)] public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The instant by which it must be final, where there is one.</summary>
    [Id(22)] public DateTimeOffset? DeadlineAt { get; init; }

    /// <summary>The key whose limit and turn it shares, where it has one.</summary>
    [Id(23)] public string? ConcurrencyKey { get; init; }

    /// <summary>Words to find it by.</summary>
    [Id(24)] public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What the submit sent along.</summary>
    [Id(25)] public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The task that submitted it, if one did.</summary>
    [Id(26)] public string? ParentId { get; init; }

    /// <summary>The first of the line of its parents, if it has one.</summary>
    [Id(27)] public string? RootId { get; init; }

    /// <summary>The W3C trace that it was submitted in, 32 hexadecimal digits: its attempts are spans of it. <c>null</c> when the submit was in none.</summary>
    [Id(28)] public string? TraceId { get; init; }
}
