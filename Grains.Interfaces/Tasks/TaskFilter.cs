namespace TaskGrid;

/// <summary>Which tasks a list has. What is given must all fit; nothing given is all tasks.</summary>
/// <remarks>
/// What a list is sorted by depends on the state: <see cref="TaskState.Scheduled"/> and <see cref="TaskState.Retrying"/> by their due instants, the
/// next one first; <see cref="TaskState.Running"/> by when their attempts began, final states by when they became so, all others by when they were accepted,
/// each the newest first.
/// </remarks>
[GenerateSerializer, Immutable, Alias("taskgrid.task-filter")]
public sealed record TaskFilter
{
    /// <summary>Tasks in this state.</summary>
    [Id(0)] public TaskState? State { get; init; }

    /// <summary>Tasks of this queue; with a <c>*</c> at its end, of all queues whose names begin so.</summary>
    [Id(1)] public string? Queue { get; init; }

    /// <summary>Tasks of this name; with a <c>*</c> at its end, of all names that begin so.</summary>
    [Id(2)] public string? Task { get; init; }

    /// <summary>Tasks with this tag.</summary>
    [Id(3)] public string? Tag { get; init; }

    /// <summary>Tasks that the task with this id has submitted.</summary>
    [Id(7)] public string? Parent { get; init; }

    /// <summary>Tasks that the worker of this name runs, or whose last attempt it ran; with a <c>*</c> at its end, those of all workers whose names begin so. At most 200 characters.</summary>
    [Id(8)] public string? Worker { get; init; }

    /// <summary>Not those before this instant, of the time that the list is sorted by.</summary>
    [Id(4)] public DateTimeOffset? Since { get; init; }

    /// <summary>Not those after this instant, of the time that the list is sorted by.</summary>
    [Id(5)] public DateTimeOffset? Until { get; init; }

    /// <summary>Tasks with this text in their id, name, tags, headers, key, arguments (as JSON) or last error; ASCII letters in either case. At most 200 characters.</summary>
    [Id(6)] public string? Text { get; init; }
}
