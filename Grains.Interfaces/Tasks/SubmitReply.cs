namespace TaskGrid;

/// <summary>What became of one submission: a snapshot when it was accepted, a refusal when not.</summary>
/// <param name="Snapshot">The accepted task.</param>
/// <param name="Created">False when the same submission had been accepted before.</param>
/// <param name="Refusal">Why it was refused.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.submit-reply")]
public sealed record SubmitReply(
    [property: Id(0)] TaskSnapshot? Snapshot,
    [property: Id(1)] bool Created,
    [property: Id(2)] TaskRefusal? Refusal);
