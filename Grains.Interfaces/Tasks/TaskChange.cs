namespace TaskGrid;

/// <summary>
/// Names a change or a retry by hand, since a call whose answer was lost is repeated, and one that was given up may be carried out late: it
/// is made once, and only of what its caller has seen.
/// </summary>
/// <param name="Operation">Minted by the caller before its first try.</param>
/// <param name="Seen">The version of the task that the caller has seen.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.touch")]
public sealed record TaskTouch([property: Id(0)] string Operation, [property: Id(1)] long Seen);

/// <summary>The answer to a change.</summary>
/// <param name="Outcome">What it came to.</param>
/// <param name="Refusal">Why it was not tried.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.change-reply")]
public sealed record ChangeReply([property: Id(0)] ChangeOutcome Outcome, [property: Id(1)] TaskRefusal? Refusal = null);

/// <summary>What to change of a waiting task; what is not given stays.</summary>
[GenerateSerializer, Immutable, Alias("taskgrid.change")]
public sealed record TaskChange
{
    /// <summary>The queue to lie in; its place in the order of acceptance stays.</summary>
    [Id(0)] public string? Queue { get; init; }

    /// <summary>0 to 9, 9 first.</summary>
    [Id(1)] public int? Priority { get; init; }

    /// <summary>The instant before which it must not start; one in the past means now.</summary>
    [Id(2)] public DateTimeOffset? DueAt { get; init; }
}
