namespace TaskGrid;

/// <summary>Reads lists of tasks, on whichever silo is asked.</summary>
[Alias("taskgrid.task-list")]
public interface ITaskListGrain : IGrainWithIntegerKey
{
    /// <summary>A page, or why it is refused.</summary>
    [Alias("Read")]
    Task<TaskListReply> Read(TaskListRequest request);
}

/// <summary>What page of which list.</summary>
/// <param name="Filter">Which tasks.</param>
/// <param name="Cursor">The <see cref="TaskPage.Next"/> of the page before; <c>null</c> for the first.</param>
/// <param name="Limit">How many at most.</param>
/// <param name="Queues">Beside the filter, the queues that the caller is limited to; none for no limit.</param>
/// <param name="Tasks">Beside the filter, the task names that the caller is limited to; none for no limit.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.task-list-request")]
public sealed record TaskListRequest(
    [property: Id(0)] TaskFilter Filter, [property: Id(1)] string? Cursor, [property: Id(2)] int Limit,
    [property: Id(3)] IReadOnlyList<string> Queues, [property: Id(4)] IReadOnlyList<string> Tasks);

/// <summary>A page, or why there is none.</summary>
[GenerateSerializer, Immutable, Alias("taskgrid.task-list-reply")]
public sealed record TaskListReply([property: Id(0)] TaskPage? Page, [property: Id(1)] TaskRefusal? Refusal = null);
