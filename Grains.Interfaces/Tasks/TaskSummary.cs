namespace TaskGrid;

/// <summary>A task as lists have it: without its arguments, its result, its progress and its earlier attempts.</summary>
[GenerateSerializer, Immutable, Alias("taskgrid.summary")]
public sealed record TaskSummary
{
    /// <inheritdoc cref="TaskSnapshot.Id"/>
    [Id(0)] public required string Id { get; init; }

    /// <inheritdoc cref="TaskSnapshot.Task"/>
    [Id(1)] public required string Task { get; init; }

    /// <inheritdoc cref="TaskSnapshot.Queue"/>
    [Id(2)] public required string Queue { get; init; }

    /// <inheritdoc cref="TaskSnapshot.Priority"/>
    [Id(3)] public int Priority { get; init; }

    /// <inheritdoc cref="TaskSnapshot.State"/>
    [Id(4)] public TaskState State { get; init; }

    /// <inheritdoc cref="TaskSnapshot.Version"/>
    [Id(5)] public long Version { get; init; }

    /// <inheritdoc cref="TaskSnapshot.Attempt"/>
    [Id(6)] public int Attempt { get; init; }

    /// <inheritdoc cref="TaskSnapshot.MaxAttempts"/>
    [Id(7)] public int MaxAttempts { get; init; }

    /// <inheritdoc cref="TaskSnapshot.CreatedAt"/>
    [Id(8)] public DateTimeOffset CreatedAt { get; init; }

    /// <inheritdoc cref="TaskSnapshot.DueAt"/>
    [Id(9)] public DateTimeOffset? DueAt { get; init; }

    /// <inheritdoc cref="TaskSnapshot.StartedAt"/>
    [Id(10)] public DateTimeOffset? StartedAt { get; init; }

    /// <inheritdoc cref="TaskSnapshot.FinishedAt"/>
    [Id(11)] public DateTimeOffset? FinishedAt { get; init; }

    /// <inheritdoc cref="TaskSnapshot.Worker"/>
    [Id(12)] public string? Worker { get; init; }

    /// <summary>The error of the last attempt that failed, without its stack, also while another one waits or runs; gone once the task has succeeded or was cancelled.</summary>
    [Id(13)] public TaskError? Error { get; init; }

    /// <inheritdoc cref="TaskSnapshot.Reason"/>
    [Id(14)] public string? Reason { get; init; }

    /// <inheritdoc cref="TaskSnapshot.CancelRequested"/>
    [Id(15)] public bool CancelRequested { get; init; }

    /// <inheritdoc cref="TaskSnapshot.ConcurrencyKey"/>
    [Id(16)] public string? ConcurrencyKey { get; init; }

    /// <inheritdoc cref="TaskSnapshot.Tags"/>
    [Id(17)] public IReadOnlyList<string> Tags { get; init; } = [];

    /// <inheritdoc cref="TaskSnapshot.ParentId"/>
    [Id(18)] public string? ParentId { get; init; }

    internal static TaskSummary Of(TaskSnapshot task) => new()
    {
        Id = task.Id, Task = task.Task, Queue = task.Queue, Priority = task.Priority, State = task.State, Version = task.Version, Attempt = task.Attempt,
        MaxAttempts = task.MaxAttempts, CreatedAt = task.CreatedAt, DueAt = task.DueAt, StartedAt = task.StartedAt, FinishedAt = task.FinishedAt,
        Worker = task.Worker, Error = task.Error is { } error ? error with { Stack = null } : null, Reason = task.Reason, CancelRequested = task.CancelRequested, ConcurrencyKey = task.ConcurrencyKey,
        Tags = task.Tags, ParentId = task.ParentId,
    };
}
