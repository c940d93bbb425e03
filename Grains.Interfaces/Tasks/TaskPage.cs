namespace TaskGrid;

/// <summary>A part of a list of tasks.</summary>
/// <param name="Items">In the order of the list; may be none while there are more.</param>
/// <param name="Next">The cursor of the next page; <c>null</c> when this is the last.</param>
/// <param name="Scanned">
/// How many records were looked at for it. What no index helps to find is looked for record by record, at most 10,000 for a page: then it is short, and the
/// next page goes on from there.
/// </param>
[GenerateSerializer, Immutable, Alias("taskgrid.task-page")]
public sealed record TaskPage([property: Id(0)] IReadOnlyList<TaskSummary> Items, [property: Id(1)] string? Next, [property: Id(2)] int Scanned);
