namespace TaskGrid;

/// <summary>Failures of one kind: attempts that were followed by another one, and tasks that ended so. The 1,000 kinds that came last are kept.</summary>
/// <param name="Task">The task name.</param>
/// <param name="Type">The error's type.</param>
/// <param name="Count">How many there were.</param>
/// <param name="LastAt">When the last one was.</param>
/// <param name="LastTaskId">The task of the last one; it may have been forgotten since.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.error-group")]
public sealed record ErrorGroup(
    [property: Id(0)] string Task, [property: Id(1)] string Type, [property: Id(2)] long Count, [property: Id(3)] DateTimeOffset LastAt, [property: Id(4)] string LastTaskId);
