namespace TaskGrid;

/// <summary>A task that is leased to a worker: it runs, or is about to.</summary>
/// <param name="Id">The task's id.</param>
/// <param name="Task">The task name.</param>
/// <param name="Queue">The queue it came from.</param>
/// <param name="Attempt">The attempt, 1-based.</param>
/// <param name="StartedAt">When it was leased, or is to begin, by the store's clock.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.running-task")]
public sealed record RunningTask(
    [property: Id(0)] string Id, [property: Id(1)] string Task, [property: Id(2)] string Queue, [property: Id(3)] int Attempt, [property: Id(4)] DateTimeOffset StartedAt);
