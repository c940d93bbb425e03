using System.Text.Json.Serialization;

namespace TaskGrid;

/// <summary>What a cancel came to. Whatever it says is in the store before it is said.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CancelOutcome>))]
public enum CancelOutcome
{
    /// <summary>The task was not running and is <see cref="TaskState.Cancelled"/> now.</summary>
    Cancelled,

    /// <summary>An attempt is running; its token fires, and the task becomes cancelled when the worker says it stopped.</summary>
    Requested,

    /// <summary>The task is final already; nothing changed.</summary>
    AlreadyFinished,

    /// <summary>No task has this id.</summary>
    NotFound,
}

/// <summary>The answer to a cancel.</summary>
/// <param name="Outcome">What it came to.</param>
/// <param name="Snapshot">The task after it; absent when it was not found.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.cancel-reply")]
public sealed record CancelReply(
    [property: Id(0)] CancelOutcome Outcome,
    [property: Id(1)] TaskSnapshot? Snapshot);
