using System.ComponentModel.DataAnnotations;

namespace TaskGrid.Requests;

/// <summary>Settings of a task as they are sent over HTTP: what the document describes. <c>null</c> means not given; spans are seconds.</summary>
internal abstract record SettingsRequest
{
    /// <summary>0 to 9, 9 is taken first; default: the task's own.</summary>
    [Range(0, 9)]
    public int? Priority { get; init; }

    /// <summary>How many attempts may fail before the task does, 1 to 1,000,000 or <c>"forever"</c>; default: the task's own.</summary>
    [Range(1, 1_000_000)]
    public int? MaxAttempts { get; init; }

    /// <summary>How long to wait between attempts.</summary>
    public BackoffRequest? Backoff { get; init; }

    /// <summary>Full names of exception types that are worth a retry, base types included; default: all.</summary>
    public IReadOnlyList<string>? RetryOn { get; init; }

    /// <summary>Full names of exception types that are never retried.</summary>
    public IReadOnlyList<string>? NeverRetryOn { get; init; }

    /// <summary>Seconds from acceptance within which the task must have started, or it is cancelled (<c>expired</c>).</summary>
    public double? ExpiresAfter { get; init; }

    /// <summary>Seconds from acceptance within which the task must be final, or it fails (<c>deadline_exceeded</c>).</summary>
    public double? DeadlineAfter { get; init; }

    /// <summary>Seconds until an attempt's handler is asked to end.</summary>
    public double? SoftTimeLimit { get; init; }

    /// <summary>Seconds after which an attempt has failed, whatever its code does.</summary>
    public double? TimeLimit { get; init; }

    /// <summary>Seconds without a sign of life after which an attempt has failed.</summary>
    public double? HeartbeatTimeout { get; init; }

    /// <summary>Seconds that a running attempt may go on after a cancel; default 30.</summary>
    public double? CancelTimeout { get; init; }

    /// <summary>How many tasks with the same concurrency key run at a time in a queue.</summary>
    [Range(1, 10_000)]
    public int? ConcurrencyLimit { get; init; }

    /// <summary>Whether the result is thrown away.</summary>
    public bool? IgnoreResult { get; init; }

    /// <summary>The largest result kept, in bytes of JSON.</summary>
    public int? MaxResultBytes { get; init; }

    /// <summary>Seconds that the task can be asked after when it has succeeded.</summary>
    public double? KeepSucceeded { get; init; }

    /// <summary>Seconds that the task can be asked after when it has failed.</summary>
    public double? KeepFailed { get; init; }

    /// <summary>Seconds that the task can be asked after when it was cancelled; else as long as if it had succeeded.</summary>
    public double? KeepCancelled { get; init; }

    /// <summary><c>atLeastOnce</c> (default) or <c>atMostOnce</c>.</summary>
    public string? Delivery { get; init; }
}

/// <summary>How pauses between attempts grow.</summary>
internal sealed record BackoffRequest
{
    /// <summary><c>exponential</c> (default), <c>linear</c> or <c>fixed</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>Seconds before the second attempt; default 1.</summary>
    public double? Delay { get; init; }

    /// <summary>What an exponential pause is multiplied by; default 2.</summary>
    public double? Factor { get; init; }

    /// <summary>The longest pause in seconds; default 300.</summary>
    public double? MaxDelay { get; init; }

    /// <summary>Whether a pause is anywhere between nothing and what was computed; default true.</summary>
    public bool? Jitter { get; init; }

    /// <summary>The pauses themselves in seconds, the last one repeated.</summary>
    public IReadOnlyList<double>? Delays { get; init; }
}
