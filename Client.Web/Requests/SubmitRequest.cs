using System.ComponentModel.DataAnnotations;

namespace TaskGrid.Requests;

/// <summary>A submit as it is sent over HTTP: what the document describes. Only <c>task</c> is required; <c>null</c> means not given.</summary>
internal sealed record SubmitRequest : SettingsRequest
{
    /// <summary>The task name: 1 to 100 letters, digits, <c>_ . -</c>.</summary>
    [Required, RegularExpression("^[A-Za-z0-9_.-]{1,100}$")]
    public required string Task { get; init; }

    /// <summary>The arguments: an object (by name) or an array (by position). Their exact text is kept.</summary>
    public JsonText? Args { get; init; }

    /// <summary>The task's id: 1 to 128 letters, digits, <c>_ . -</c>; minted when absent. Sending the same again is the same task.</summary>
    [RegularExpression("^[A-Za-z0-9_.-]{1,128}$")]
    public string? Id { get; init; }

    /// <summary>1 to 250 characters that name the request and determine the id: for 24 hours from its submit, and longer as long as the task is kept, the same key with the same content is the same task.</summary>
    [MaxLength(250)]
    public string? IdempotencyKey { get; init; }

    /// <summary>The queue; default: the task's own.</summary>
    [RegularExpression("^[A-Za-z0-9_.-]{1,100}$")]
    public string? Queue { get; init; }

    /// <summary>Seconds from acceptance that the task must wait, fractions allowed, at most ten years; not together with <c>dueAt</c>.</summary>
    [Range(0.0, 315_360_000.0)]
    public double? Delay { get; init; }

    /// <summary>The instant before which the task must not start (RFC 3339, with its offset); one in the past means at once.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The instant before which the task must have started; not together with <c>expiresAfter</c>.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The instant by which the task must be final; not together with <c>deadlineAfter</c>.</summary>
    public DateTimeOffset? DeadlineAt { get; init; }

    /// <summary>1 to 128 characters, for example <c>tenant:42</c>: tasks of one key share a limit, and keys take turns in a fair queue.</summary>
    [MaxLength(128)]
    public string? ConcurrencyKey { get; init; }

    /// <summary>What to do when another task with the same key waits or runs.</summary>
    public DeduplicationRequest? Deduplication { get; init; }

    /// <summary>At most 20 words to find and cancel the task by.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>At most 50 strings that are carried to the handler.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The task that this one belongs to.</summary>
    public string? ParentId { get; init; }

    /// <summary>The first of the line of parents.</summary>
    public string? RootId { get; init; }

    /// <summary>A URL that is told when the task is final, signed as Standard Webhooks has it; by https, at a public address.</summary>
    [MaxLength(2000)]
    public string? Webhook { get; init; }

    /// <summary>W3C trace context.</summary>
    public string? TraceParent { get; init; }

    /// <summary>W3C trace state.</summary>
    public string? TraceState { get; init; }
}

/// <summary>Deduplication of the tasks of one name by a key.</summary>
internal sealed record DeduplicationRequest
{
    /// <summary>1 to 128 characters.</summary>
    public required string Key { get; init; }

    /// <summary><c>unique</c> (default), <c>throttle</c>, <c>debounce</c> or <c>keepLast</c>.</summary>
    public string? Mode { get; init; }

    /// <summary>Seconds, for <c>throttle</c> and <c>debounce</c>.</summary>
    public double? Period { get; init; }
}
