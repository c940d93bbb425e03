namespace TaskGrid;

/// <summary>Something about a task has changed. Several changes within a moment are one event, and some may be missed: the store knows what is true.</summary>
/// <param name="Id">The task's id.</param>
/// <param name="Task">The task name.</param>
/// <param name="Queue">The queue it lies in.</param>
/// <param name="State">Where it is in its life.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.task-event")]
public sealed record TaskEvent([property: Id(0)] string Id, [property: Id(1)] string? Task, [property: Id(2)] string? Queue, [property: Id(3)] TaskState? State);
