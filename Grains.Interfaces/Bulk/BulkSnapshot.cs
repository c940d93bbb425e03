namespace TaskGrid;

/// <summary>How far an operation on many tasks is.</summary>
[GenerateSerializer, Immutable, Alias("taskgrid.bulk-snapshot")]
public sealed record BulkSnapshot
{
    /// <summary>The operation's id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>What was asked for.</summary>
    [Id(1)] public required BulkRequest Request { get; init; }

    /// <summary>
    /// How many tasks it has changed so far. After a silo's death it goes on from where it was last written down, at most a second ago, and
    /// what it had done since is not counted.
    /// </summary>
    [Id(2)] public long Done { get; init; }

    /// <summary>When it began.</summary>
    [Id(3)] public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was through; <c>null</c> while it goes on.</summary>
    [Id(4)] public DateTimeOffset? FinishedAt { get; init; }
}
