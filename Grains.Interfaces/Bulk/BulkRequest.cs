using System.Text.Json.Serialization;

namespace TaskGrid;

/// <summary>What is done to many tasks.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BulkAction>))]
public enum BulkAction
{
    /// <summary>Cancels what waits, and asks what runs to stop.</summary>
    Cancel,

    /// <summary>Cancels what waits (<c>purged</c>), and leaves what runs alone.</summary>
    Purge,

    /// <summary>Moves what waits to another queue.</summary>
    Move,

    /// <summary>Lets what has failed run again.</summary>
    Retry,
}

/// <summary>
/// Which tasks, and what is done to them. At least one of tag, queue and task is given; those that are must all fit. Only tasks that were
/// accepted (or, for a retry, had failed) before the operation began are meant.
/// </summary>
[GenerateSerializer, Immutable, Alias("taskgrid.bulk-request")]
public sealed record BulkRequest
{
    /// <summary>What to do.</summary>
    [Id(0)] public required BulkAction Action { get; init; }

    /// <summary>Tasks with this tag; not together with a queue, and not for a retry, since only unfinished tasks are found by their tags.</summary>
    [Id(1)] public string? Tag { get; init; }

    /// <summary>Tasks of this queue.</summary>
    [Id(2)] public string? Queue { get; init; }

    /// <summary>Tasks of this name.</summary>
    [Id(3)] public string? Task { get; init; }

    /// <summary>The queue to move to.</summary>
    [Id(4)] public string? Target { get; init; }
}
