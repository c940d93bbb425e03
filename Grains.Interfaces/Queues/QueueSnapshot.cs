namespace TaskGrid;

/// <summary>A queue as it stands.</summary>
[GenerateSerializer, Immutable, Alias("taskgrid.queue-snapshot")]
public sealed record QueueSnapshot
{
    /// <summary>Its name.</summary>
    [Id(0)] public required string Queue { get; init; }

    /// <summary>Whether nothing is started from it.</summary>
    [Id(1)] public bool IsPaused { get; init; }

    /// <summary>How many of its tasks wait for their due instant: scheduled ones, and retries.</summary>
    [Id(2)] public long NotDue { get; init; }

    /// <summary>How many of its lanes (task name, priority and concurrency key) have tasks that may start.</summary>
    [Id(3)] public long OpenLanes { get; init; }

    /// <summary>How many of its lanes wait until a limit leaves room.</summary>
    [Id(4)] public long ShutLanes { get; init; }

    /// <summary>How often it was configured, paused or resumed.</summary>
    [Id(6)] public long Revision { get; init; }

    /// <summary>
    /// How many of its tasks may start, but for slots and limits. At least so many when it has over 1,000 lanes: those past the first thousand count as one each.
    /// </summary>
    [Id(7)] public long Ready { get; init; }

    /// <summary>Since when the first of those waits; <c>null</c> when there is none.</summary>
    [Id(8)] public DateTimeOffset? OldestReadyAt { get; init; }

    /// <summary>How many of its tasks are leased to workers: they run, or are about to.</summary>
    [Id(9)] public int Running { get; init; }

    /// <summary>How many tasks it took in a second, in the last full minute.</summary>
    [Id(10)] public double AcceptedPerSecond { get; init; }

    /// <summary>How many of its tasks succeeded in a second, in the last full minute.</summary>
    [Id(11)] public double SucceededPerSecond { get; init; }

    /// <summary>How many of its tasks failed in a second, in the last full minute.</summary>
    [Id(12)] public double FailedPerSecond { get; init; }

    /// <summary>What was set; <c>null</c> when nothing was.</summary>
    [Id(5)] public QueueSettings? Settings { get; init; }
}
