using System.ComponentModel.DataAnnotations;

namespace TaskGrid.Requests;

/// <summary>A submit as it is sent over HTTP. Only <c>task</c> is required; <c>null</c> means not given.</summary>
internal sealed record SubmitRequest
{
    /// <summary>The task name: 1 to 100 letters, digits, <c>_ . -</c>.</summary>
    [Required, RegularExpression("^[A-Za-z0-9_.-]{1,100}$")]
    public required string Task { get; init; }

    /// <summary>The arguments: an object (by name) or an array (by position). Their exact text is kept.</summary>
    public JsonText? Args { get; init; }

    /// <summary>The task's id: 1 to 128 letters, digits, <c>_ . -</c>; minted when absent. Sending the same again is the same task.</summary>
    [RegularExpression("^[A-Za-z0-9_.-]{1,128}$")]
    public string? Id { get; init; }

    /// <summary>The queue; default: the task's own.</summary>
    [RegularExpression("^[A-Za-z0-9_.-]{1,100}$")]
    public string? Queue { get; init; }

    /// <summary>0 to 9, 9 is taken first; default: the task's own.</summary>
    [Range(0, 9)]
    public int? Priority { get; init; }

    /// <summary>Seconds from acceptance that the task must wait, fractions allowed, at most ten years; not together with <c>dueAt</c>.</summary>
    [Range(0.0, 315_360_000.0)]
    public double? Delay { get; init; }

    /// <summary>The instant before which the task must not start (RFC 3339, with its offset); one in the past means at once.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>How many attempts may fail before the task does; default: the task's own.</summary>
    [Range(1, 1000)]
    public int? MaxAttempts { get; init; }

    public TaskSubmission ToSubmission() => new(Task, Args ?? new("{}"u8.ToArray()), new SubmitOptions
    {
        Id = Id,
        Queue = Queue,
        Priority = Priority,
        Delay = Delay is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        DueAt = DueAt,
        MaxAttempts = MaxAttempts,
    });
}
