namespace TaskGrid;

/// <summary>What one finished attempt came to.</summary>
/// <param name="Number">1 for the first attempt.</param>
/// <param name="StartedAt">When it was leased, by the store's clock.</param>
/// <param name="FinishedAt">When its outcome was known, by the clock of the silo that ran it.</param>
/// <param name="Worker">The silo that ran it.</param>
/// <param name="Error">What went wrong.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.attempt")]
public sealed record TaskAttempt(
    [property: Id(0)] int Number,
    [property: Id(1)] DateTimeOffset StartedAt,
    [property: Id(2)] DateTimeOffset FinishedAt,
    [property: Id(3)] string Worker,
    [property: Id(4)] TaskError Error);
