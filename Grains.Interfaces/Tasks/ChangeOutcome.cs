using System.Text.Json.Serialization;

namespace TaskGrid;

/// <summary>What changing, retrying or forgetting a task came to.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ChangeOutcome>))]
public enum ChangeOutcome
{
    /// <summary>It is as asked for.</summary>
    Changed,

    /// <summary>It runs: nothing was changed.</summary>
    Running,

    /// <summary>It is final: nothing was changed.</summary>
    AlreadyFinished,

    /// <summary>It is not final yet: only a final task can be forgotten.</summary>
    Unfinished,

    /// <summary>It has not failed, nor was it cancelled: there is nothing to retry.</summary>
    NotFailed,

    /// <summary>It has changed since the caller saw it, and keeps changing: look again.</summary>
    Stale,

    /// <summary>No task has this id.</summary>
    NotFound,
}
