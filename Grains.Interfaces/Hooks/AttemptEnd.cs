namespace TaskGrid;

/// <summary>The end of an attempt, or of a task without one, as it was stored.</summary>
public sealed record AttemptEnd
{
    /// <summary>The task's id.</summary>
    public required string TaskId { get; init; }

    /// <summary>The task name.</summary>
    public required string Task { get; init; }

    /// <summary>The queue that it came from.</summary>
    public required string Queue { get; init; }

    /// <summary>1 for the first attempt; of a task that ended outside of one, how many had counted.</summary>
    public required int Attempt { get; init; }

    /// <summary>
    /// Whether the task was made final without the end of an attempt: cancelled, expired, replaced or past its deadline while it waited, or lost with the
    /// process that ran it.
    /// </summary>
    public bool IsOutsideAttempt { get; init; }

    /// <summary>How many attempts may fail before the task does.</summary>
    public required int MaxAttempts { get; init; }

    /// <summary>What was made of it.</summary>
    public required AttemptVerdict Verdict { get; init; }

    /// <summary>What the handler returned; set when <see cref="AttemptVerdict.Succeeded"/>, JSON's <c>null</c> for a task whose results are ignored.</summary>
    public JsonText? Result { get; init; }

    /// <summary>What went wrong; set when <see cref="AttemptVerdict.Retrying"/> or <see cref="AttemptVerdict.Failed"/>.</summary>
    public TaskError? Error { get; init; }

    /// <summary>How long until the next attempt may start; set when <see cref="AttemptVerdict.Retrying"/> or <see cref="AttemptVerdict.Snoozed"/>.</summary>
    public TimeSpan? NextIn { get; init; }

    /// <summary>Why; set when <see cref="AttemptVerdict.Cancelled"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>Words of the registration and the submit.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What the submit sent along.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The task that submitted it, if one did.</summary>
    public string? ParentId { get; init; }

    /// <summary>The first of the line of parents; the task's own id when it has none.</summary>
    public required string RootId { get; init; }
}
