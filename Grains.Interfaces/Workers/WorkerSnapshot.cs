namespace TaskGrid;

/// <summary>The execution side of one silo as it stands.</summary>
[GenerateSerializer, Immutable, Alias("taskgrid.worker-snapshot")]
public sealed record WorkerSnapshot
{
    /// <summary>The name under which it holds leases: what a task's snapshot shows as its worker. It changes when the silo starts anew.</summary>
    [Id(0)] public required string Worker { get; init; }

    /// <summary>How many handlers it runs at a time.</summary>
    [Id(1)] public int Slots { get; init; }

    /// <summary>How many of them are taken, leaked ones included.</summary>
    [Id(2)] public int Running { get; init; }

    /// <summary>How many are taken by code that runs on though its attempt is over.</summary>
    [Id(3)] public int Leaked { get; init; }

    /// <summary>The queues that it takes tasks from: names, or beginnings of names with a <c>*</c> at the end; none while it is drained.</summary>
    [Id(4)] public IReadOnlyList<string> Queues { get; init; } = [];

    /// <summary>Its process: machine and process id.</summary>
    [Id(5)] public string Process { get; init; } = "";

    /// <summary>The version of the application that hosts it, as its entry assembly says.</summary>
    [Id(6)] public string Version { get; init; } = "";

    /// <summary>When its silo was started, by its own clock.</summary>
    [Id(7)] public DateTimeOffset StartedAt { get; init; }

    /// <summary>What is leased to it, the last begun first; by the store, and so perhaps a moment older than the figures.</summary>
    [Id(8)] public IReadOnlyList<RunningTask> Tasks { get; init; } = [];

    /// <summary>
    /// When its silo last said to the store that it lives, by the store's clock: it does so about once a second, and after six without it is taken for dead.
    /// <c>null</c> when the store knows nothing of it.
    /// </summary>
    [Id(9)] public DateTimeOffset? HeartbeatAt { get; init; }
}
