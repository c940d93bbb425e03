namespace TaskGrid;

/// <summary>What a submit may ask for. What is not given comes from the task's own options.</summary>
[GenerateSerializer, Immutable, Alias("taskgrid.submit-options")]
public sealed record SubmitOptions
{
    /// <summary>
    /// The task's id: 1 to 128 letters, digits, <c>_ . -</c>. Without it the client mints a UUIDv7. The same id with the
    /// same content is the same task; with other content it is refused (<see cref="ErrorCodes.TaskExists"/>).
    /// </summary>
    [Id(0)] public string? Id { get; init; }

    /// <summary>The queue to lie in; default: the task's own, else <c>default</c>.</summary>
    [Id(1)] public string? Queue { get; init; }

    /// <summary>0 to 9, 9 first, strictly within the queue; default: the task's own, else 5.</summary>
    [Id(2)] public int? Priority { get; init; }

    /// <summary>How long from acceptance the task must wait, by the store's clock; not together with <see cref="DueAt"/>.</summary>
    [Id(3)] public TimeSpan? Delay { get; init; }

    /// <summary>The instant before which the task must not start; one in the past means at once.</summary>
    [Id(4)] public DateTimeOffset? DueAt { get; init; }

    /// <summary>How many attempts may fail before the task does, 1 to 1,000; default: the task's own, else 3.</summary>
    [Id(5)] public int? MaxAttempts { get; init; }
}
