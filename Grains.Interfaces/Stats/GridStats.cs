namespace TaskGrid;

/// <summary>The grid in figures, at one instant.</summary>
[GenerateSerializer, Immutable, Alias("taskgrid.stats")]
public sealed record GridStats
{
    /// <summary>When, by the store's clock.</summary>
    [Id(0)] public DateTimeOffset At { get; init; }

    /// <summary>What has happened since the store was made. A crash of the embedded store can lose the figures of its last moment; no tasks.</summary>
    [Id(1)] public required Happenings Total { get; init; }

    /// <summary>How many tasks have succeeded and are not forgotten.</summary>
    [Id(2)] public long Succeeded { get; init; }

    /// <summary>How many tasks have failed and are not forgotten.</summary>
    [Id(3)] public long Failed { get; init; }

    /// <summary>How many tasks were cancelled and are not forgotten.</summary>
    [Id(4)] public long Cancelled { get; init; }

    /// <summary>How many tasks are not due yet; retries are not among them.</summary>
    [Id(10)] public long Scheduled { get; init; }

    /// <summary>
    /// How many tasks are due and wait for a slot, a limit or the end of a pause; retries are not among them. At least so many when a queue has over 1,000 lanes: those past
    /// the first thousand count as one each.
    /// </summary>
    [Id(11)] public long Queued { get; init; }

    /// <summary>How many tasks are leased to workers: they run, or are about to.</summary>
    [Id(5)] public long Running { get; init; }

    /// <summary>How many tasks whose last attempt has failed wait for another one, due or not.</summary>
    [Id(6)] public long Retrying { get; init; }

    /// <summary>How many outcomes came too late and were refused, since the store was made.</summary>
    [Id(7)] public long StaleResults { get; init; }

    /// <summary>The last hour, oldest first; the last of it is not over.</summary>
    [Id(8)] public IReadOnlyList<HistorySlot> History { get; init; } = [];

    /// <summary>How long each of <see cref="History"/> is.</summary>
    [Id(9)] public TimeSpan SlotLength { get; init; }
}

/// <summary>What has happened to tasks in a time.</summary>
/// <param name="Accepted">Tasks taken in.</param>
/// <param name="Succeeded">Tasks that ended well.</param>
/// <param name="Failed">Tasks that ended otherwise.</param>
/// <param name="Cancelled">Tasks that were cancelled.</param>
/// <param name="Retried">Attempts that failed and were followed by another one.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.happenings")]
public sealed record Happenings(
    [property: Id(0)] long Accepted, [property: Id(1)] long Succeeded, [property: Id(2)] long Failed, [property: Id(3)] long Cancelled, [property: Id(4)] long Retried);

/// <summary>What has happened in one slot of a history.</summary>
/// <param name="At">When it began.</param>
/// <param name="Happenings">What has happened in it.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.history-slot")]
public sealed record HistorySlot([property: Id(0)] DateTimeOffset At, [property: Id(1)] Happenings Happenings)
{
    /// <summary>
    /// How long tasks had waited for the attempts that succeeded or failed in it: from when they were due, or accepted if that was later, until they were leased. Attempts that
    /// were cut short by the death of their process are part of that. <c>null</c> when no attempt has ended so.
    /// </summary>
    [Id(2)] public Latency? Wait { get; init; }

    /// <summary>How long these attempts ran: from their lease until their outcome was stored. <c>null</c> when no attempt has ended so.</summary>
    [Id(3)] public Latency? Run { get; init; }
}
