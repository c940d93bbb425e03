using System.Text.Json.Serialization;

namespace TaskGrid;

/// <summary>What is done to many tasks.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BulkAction>))]
public enum BulkAction
{
    /// <summary>Cancels what waits, and asks what runs to stop.</summary>
    Cancel,

    /// <summary>Cancels what waits, for the reason <c>purged</c>, and leaves what runs alone.</summary>
    Purge,

    /// <summary>Moves what waits to another queue.</summary>
    Move,

    /// <summary>Lets what has failed run again; what was cancelled, when that state is asked for.</summary>
    Retry,

    /// <summary>Forgets what is final: records, results and logs.</summary>
    Forget,
}

/// <summary>
/// What is done, and to which tasks: the members of a <see cref="TaskFilter"/>, of which at least one is given; those that are must all fit. Only tasks
/// that were accepted before the operation began are meant; for a retry and for forgetting, those that had ended by then.
/// </summary>
/// <remarks>
/// Indexes lead to what is not final, by a tag alone, by queue, by task name. For anything else all tasks, or all of the state, are looked at one after the other,
/// thousands a second; one that changes its state meanwhile may be passed over. The grid's own tasks, whose names begin with <c>taskgrid.</c>, are meant only where
/// <see cref="Queue"/> or <see cref="Task"/> begins so.
/// </remarks>
[GenerateSerializer, Immutable, Alias("taskgrid.bulk-request")]
public sealed record BulkRequest
{
    /// <summary>What to do.</summary>
    [Id(0)] public required BulkAction Action { get; init; }

    /// <summary>Tasks in this state.</summary>
    [Id(5)] public TaskState? State { get; init; }

    /// <summary>Tasks with this tag.</summary>
    [Id(1)] public string? Tag { get; init; }

    /// <summary>Tasks of this queue; with a <c>*</c> at its end, of all queues whose names begin so; <c>*</c> alone is all.</summary>
    [Id(2)] public string? Queue { get; init; }

    /// <summary>Tasks of this name; with a <c>*</c> at its end, of all names that begin so.</summary>
    [Id(3)] public string? Task { get; init; }

    /// <summary>Tasks that the task with this id has submitted.</summary>
    [Id(6)] public string? Parent { get; init; }

    /// <summary>Tasks that the worker of this name runs, or whose last attempt it ran; with a <c>*</c> at its end, those of all workers whose names begin so. At most 200 characters.</summary>
    [Id(10)] public string? Worker { get; init; }

    /// <summary>Not those before this instant, of the time that a list of such tasks is sorted by: when they became final, for a retry and for forgetting.</summary>
    [Id(7)] public DateTimeOffset? Since { get; init; }

    /// <summary>Not those after this instant, of the same time.</summary>
    [Id(8)] public DateTimeOffset? Until { get; init; }

    /// <summary>Tasks with this text in their id, name, tags, headers, key, arguments (as JSON) or last error; ASCII letters in either case. At most 200 characters.</summary>
    [Id(9)] public string? Text { get; init; }

    /// <summary>The queue to move to.</summary>
    [Id(4)] public string? Target { get; init; }

    /// <summary>What was asked for, as in logs: the members that are given.</summary>
    public override string ToString()
    {
        (string Name, string? Value)[] members =
        [
            ("state", State?.ToString()), ("tag", Tag), ("queue", Queue), ("task", Task), ("parent", Parent), ("worker", Worker), ("since", Since?.ToString("O")),
            ("until", Until?.ToString("O")), ("text", Text), ("to", Target),
        ];
        return string.Join(' ', members.Where(m => m.Value is not null).Select(m => $"{m.Name} {m.Value}").Prepend(Action.ToString()));
    }

    internal TaskFilter ToFilter() =>
        new() { State = State, Queue = Queue, Task = Task, Tag = Tag, Parent = Parent, Worker = Worker, Since = Since, Until = Until, Text = Text };
}
