namespace TaskGrid;

/// <summary>
/// Names a change by hand, since a call whose answer was lost is repeated, and one that was given up may be carried out late: a change is
/// made once, and only of what its caller has seen.
/// </summary>
/// <param name="Operation">Minted by the caller before its first try.</param>
/// <param name="Seen">The revision of the queue that the caller has seen.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.queue-change")]
public sealed record QueueChange([property: Id(0)] string Operation, [property: Id(1)] long Seen);

/// <summary>The answer to a change of a queue.</summary>
/// <param name="IsStale">The queue has been changed since the caller saw it: look again.</param>
/// <param name="Refusal">Why it was not tried.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.queue-change-reply")]
public sealed record QueueChangeReply([property: Id(0)] bool IsStale, [property: Id(1)] TaskRefusal? Refusal = null);
