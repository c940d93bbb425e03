namespace TaskGrid;

/// <summary>How many tasks an operation would change if it began now.</summary>
/// <param name="Count">How many were found.</param>
/// <param name="IsComplete">False when there were too many to look at: then it is a least number.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.bulk-impact")]
public sealed record BulkImpact([property: Id(0)] long Count, [property: Id(1)] bool IsComplete);

/// <summary>That, or why the request is refused.</summary>
[GenerateSerializer, Immutable, Alias("taskgrid.bulk-impact-reply")]
public sealed record BulkImpactReply([property: Id(0)] BulkImpact? Impact, [property: Id(1)] TaskRefusal? Refusal = null);
