using System.Globalization;

namespace TaskGrid.Queues;

/// <summary>
/// The part of a queue that a task waits in: its name, and its concurrency key with the limit that the task asks for, each after a
/// colon. Tasks of one lane start in the order in which they were accepted. Pure.
/// </summary>
internal static class Lane
{
    /// <summary>The lane of a task.</summary>
    public static string Of(string task, string? key, int? limit) => (key, limit) switch
    {
        (null, _) => task,
        (_, null) => $"{task}:{Escape(key)}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{task}:{Escape(key)}:{limit}"),
    };

    /// <summary>The lane of tasks of which one runs and the last one waits: a key that no caller can give, since it has what is escaped in those.</summary>
    public static string OfLast(string task, string key) => $"{task}:~{task}~{Escape(key)}:1";

    /// <summary>A key of any characters as a word of letters, digits, <c>- _ . %</c>.</summary>
    public static string Escape(string key) => Uri.EscapeDataString(key).Replace("~", "%7E", StringComparison.Ordinal);

    /// <summary>The task name of a lane.</summary>
    public static string TaskOf(string lane) => lane.IndexOf(':') is var end and >= 0 ? lane[..end] : lane;
}
