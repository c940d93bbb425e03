using System.Text.Json.Serialization;

namespace TaskGrid;

/// <summary>Where a task is in its life. <see cref="Succeeded"/>, <see cref="Failed"/> and <see cref="Cancelled"/> are final.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TaskState>))]
public enum TaskState
{
    /// <summary>Accepted, but not due yet. The dispatcher of its queue moves it on when its due instant has come.</summary>
    Scheduled,

    /// <summary>Due and waiting for a free slot.</summary>
    Queued,

    /// <summary>Leased to a worker, which runs an attempt.</summary>
    Running,

    /// <summary>An attempt failed; the next one starts at the due instant.</summary>
    Retrying,

    /// <summary>Final: an attempt ended well and its result is stored.</summary>
    Succeeded,

    /// <summary>Final: no attempt is left, or the failure can't be cured by another one.</summary>
    Failed,

    /// <summary>Final: it was cancelled; the snapshot's reason says why.</summary>
    Cancelled,
}

/// <summary>Questions every reader of a <see cref="TaskState"/> asks.</summary>
public static class TaskStates
{
    /// <summary>Whether the state is final: the task will not change any more.</summary>
    public static bool IsFinal(this TaskState state) =>
        state is TaskState.Succeeded or TaskState.Failed or TaskState.Cancelled;
}
