namespace TaskGrid;

/// <summary>What a submit may ask for. What is not given comes from the task's, the queue's and the grid's settings.</summary>
[GenerateSerializer, Alias("taskgrid.submit-options")]
public sealed record SubmitOptions : TaskSettings
{
    /// <summary>
    /// The task's id: 1 to 128 letters, digits, <c>_ . -</c>. Without it the client mints a UUIDv7. The same id with the
    /// same content is the same task; with other content it is refused (<see cref="ErrorCodes.TaskExists"/>).
    /// </summary>
    [Id(0)] public string? Id { get; set; }

    /// <summary>The queue to lie in; default: the task's own, else <c>default</c>.</summary>
    [Id(1)] public string? Queue { get; set; }

    /// <summary>How long from acceptance the task must wait, by the store's clock; not together with <see cref="DueAt"/>.</summary>
    [Id(2)] public TimeSpan? Delay { get; set; }

    /// <summary>The instant before which the task must not start; one in the past means at once.</summary>
    [Id(3)] public DateTimeOffset? DueAt { get; set; }

    /// <summary>An instant instead of <see cref="TaskSettings.ExpiresAfter"/>; not both.</summary>
    [Id(4)] public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>An instant instead of <see cref="TaskSettings.DeadlineAfter"/>; not both.</summary>
    [Id(5)] public DateTimeOffset? DeadlineAt { get; set; }

    /// <summary>
    /// 1 to 250 characters that name the request: for 24 hours from its submit, and longer as long as the task is kept, the same key with the same content is the same task, and with
    /// other content it is refused (<see cref="ErrorCodes.IdempotencyKeyReused"/>). It determines the id, so not together with <see cref="Id"/>.
    /// </summary>
    [Id(6)] public string? IdempotencyKey { get; set; }

    /// <summary>
    /// 1 to 128 characters, for example <c>tenant:42</c>: tasks of one key share a limit (<see cref="TaskSettings.ConcurrencyLimit"/>), and
    /// keys take turns in a fair queue.
    /// </summary>
    [Id(7)] public string? ConcurrencyKey { get; set; }

    /// <summary>What to do when another task with the same key waits or runs; default: nothing.</summary>
    [Id(8)] public Deduplication? Deduplication { get; set; }

    /// <summary>Words to find and cancel the task by, with those of its registration: at most 20 of 1 to 100 characters, without spaces and commas.</summary>
    [Id(9)] public IReadOnlyList<string>? Tags { get; set; }

    /// <summary>Carried to the handler's context: at most 50 of 1 to 100 characters each, with 8 kB of values in all.</summary>
    [Id(10)] public IReadOnlyDictionary<string, string>? Headers { get; set; }

    /// <summary>The task that this one was submitted by; set by itself inside of a handler.</summary>
    [Id(11)] public string? ParentId { get; set; }

    /// <summary>The first of the line of parents; set by itself inside of a handler.</summary>
    [Id(12)] public string? RootId { get; set; }

    /// <summary>W3C trace context; set by itself from the current activity.</summary>
    [Id(13)] public string? TraceParent { get; set; }

    /// <summary>W3C trace state; set by itself from the current activity.</summary>
    [Id(14)] public string? TraceState { get; set; }

    /// <summary>
    /// A URL that is told when the task is final, signed as Standard Webhooks has it: by a task of its own, <c>taskgrid.webhook</c>, that is accepted in the same
    /// write and tries it for hours. By <c>https</c> and at a public address, unless the silos allow another; they need a secret for it.
    /// </summary>
    [Id(15)] public string? Webhook { get; set; }

    /// <summary>Whose <see cref="IdempotencyKey"/> it is: the REST API names the API key here, so that two of its callers never meet in one key.</summary>
    [Id(16)] internal string? IdempotencyScope { get; set; }
}
