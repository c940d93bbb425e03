using System.Text.Json.Serialization;

namespace TaskGrid;

/// <summary>Why an attempt's cancellation token has fired.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StopReason>))]
public enum StopReason
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>The task was cancelled.</summary>
    CancelRequested,

    /// <summary>The silo stops, or can't show that it lives: what the attempt comes to is not stored, and the task runs again.</summary>
    Interrupted,

    /// <summary>The soft time limit is over: clean up and end, the hard one follows.</summary>
    SoftTimeLimit,

    /// <summary>The time limit is over: the attempt has failed already.</summary>
    TimeLimit,

    /// <summary>The task's deadline is over: the task has failed already.</summary>
    Deadline,

    /// <summary>No heartbeat came in time: the attempt has failed already.</summary>
    HeartbeatTimeout,
}
