namespace TaskGrid.Testing;

/// <summary>What one attempt came to, and what the grid would make of it.</summary>
public sealed record TaskRunOutcome
{
    /// <summary>What the grid would make of it.</summary>
    public required AttemptVerdict Verdict { get; init; }

    /// <summary>What would be stored as the result; set when <see cref="AttemptVerdict.Succeeded"/>.</summary>
    public JsonText? Result { get; init; }

    /// <summary>What would be stored as the error; set when <see cref="AttemptVerdict.Retrying"/> or <see cref="AttemptVerdict.Failed"/>.</summary>
    public TaskError? Error { get; init; }

    /// <summary>
    /// How long until the next attempt; set when <see cref="AttemptVerdict.Retrying"/> or <see cref="AttemptVerdict.Snoozed"/>. Of a backoff with
    /// jitter it is the longest.
    /// </summary>
    public TimeSpan? NextIn { get; init; }

    /// <summary>Why; set when <see cref="AttemptVerdict.Cancelled"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>What the handler, or middleware around it, threw.</summary>
    public Exception? Exception { get; init; }

    /// <summary>What the handler told.</summary>
    public required TestTaskContext Context { get; init; }

    /// <summary>The result as a value, read from the JSON that would be stored.</summary>
    /// <exception cref="TaskAssertionException">The attempt has not succeeded.</exception>
    public T? ResultAs<T>() => Result is { } result
        ? result.As<T>()
        : throw new TaskAssertionException($"There is no result: the attempt is {Verdict}{(Exception is null ? "" : $" after {Exception}")}.");
}
