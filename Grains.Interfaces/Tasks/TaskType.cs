namespace TaskGrid;

/// <summary>A task that the grid can run, as the silos that run it have registered it.</summary>
[GenerateSerializer, Immutable, Alias("taskgrid.task-type")]
public sealed record TaskType
{
    /// <summary>The task name.</summary>
    [Id(0)] public required string Task { get; init; }

    /// <summary>The queue that its tasks go to unless they say otherwise.</summary>
    [Id(1)] public required string Queue { get; init; }

    /// <summary>What its registration says of its tasks.</summary>
    [Id(2)] public required TaskSettings Settings { get; init; }

    /// <summary>The tags that each of its tasks has.</summary>
    [Id(3)] public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>JSON Schema of its arguments by name; they may also be given as an array, in the order of the properties. <c>null</c> when its silo does not say.</summary>
    [Id(4)] public JsonText? ArgsSchema { get; init; }

    /// <summary>JSON Schema of its result; <c>null</c> when it has none, or its silo does not say.</summary>
    [Id(5)] public JsonText? ResultSchema { get; init; }

    /// <summary>How many live silos run it.</summary>
    [Id(6)] public int Silos { get; init; }
}
