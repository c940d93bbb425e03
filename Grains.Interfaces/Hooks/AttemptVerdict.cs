using System.Text.Json.Serialization;

namespace TaskGrid;

/// <summary>What the grid has made of an attempt.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AttemptVerdict>))]
public enum AttemptVerdict
{
    /// <summary>The task has <see cref="TaskState.Succeeded"/>.</summary>
    Succeeded,

    /// <summary>The attempt failed, and the task is <see cref="TaskState.Retrying"/>.</summary>
    Retrying,

    /// <summary>The task has <see cref="TaskState.Failed"/>.</summary>
    Failed,

    /// <summary>The task was <see cref="TaskState.Cancelled"/>.</summary>
    Cancelled,

    /// <summary>The handler asked to be run later; nothing was counted.</summary>
    Snoozed,

    /// <summary>The attempt was cut off, or its handler gave it back: the task goes back to its place, and nothing was counted.</summary>
    Interrupted,
}
