namespace TaskGrid;

/// <summary>How long something took in a time. Percentiles are exact to 20 % and a millisecond.</summary>
/// <param name="Count">How many attempts were measured.</param>
/// <param name="P50">The median: half of them took no longer. In JSON a number of seconds.</param>
/// <param name="P95">The 95th percentile: 19 of 20 took no longer. In JSON a number of seconds.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.latency")]
public sealed record Latency([property: Id(0)] long Count, [property: Id(1)] TimeSpan P50, [property: Id(2)] TimeSpan P95);
