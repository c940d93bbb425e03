using System.Text;
using System.Text.Json;
using StackExchange.Redis;
using TaskGrid.Queues;
using TaskGrid.Tasks;

namespace TaskGrid.Storage;

/// <summary>A filter of tasks as the script reads it. Pure.</summary>
internal static class FilterWords
{
    /// <summary>The words of a filter.</summary>
    /// <param name="filter">Which tasks.</param>
    /// <param name="queues">Patterns of queues beside it, of which one has to fit; none for no limit.</param>
    /// <param name="tasks">Patterns of task names likewise.</param>
    public static RedisValue[] Of(TaskFilter filter, IReadOnlyList<string> queues, IReadOnlyList<string> tasks)
    {
        IReadOnlyList<string> ownQueues = filter.Queue is null ? [] : [filter.Queue];
        IReadOnlyList<string> ownTasks = filter.Task is null ? [] : [filter.Task];
        return
        [
            LetterOf(filter.State), Instant(filter.Since), Instant(filter.Until), filter.Tag is { } tag ? Tag(tag) : "", Lower(filter.Text ?? ""), Lower(Escaped(filter.Text ?? "")), filter.Parent ?? "",
            filter.Worker ?? "",
            ownQueues.Count, ownTasks.Count, queues.Count, tasks.Count,
            .. ownQueues.Concat(ownTasks).Concat(queues).Concat(tasks).Select(p => (RedisValue)p),
        ];
    }

    /// <summary>A tag as it is stored: a dash by itself stands for "none" there.</summary>
    public static string Tag(string tag) => tag == StateLine.None ? "%2D" : Lane.Escape(tag);

    private static string LetterOf(TaskState? state) => state switch
    {
        null => "A",
        TaskState.Queued => "Q",
        TaskState.Scheduled => "D",
        TaskState.Retrying => "R",
        TaskState.Running => "L",
        TaskState.Succeeded => "S",
        TaskState.Failed => "F",
        _ => "C",
    };

    private static RedisValue Instant(DateTimeOffset? instant) => instant is { } at ? Math.Max(0, at.ToUnixTimeMilliseconds()) : "";

    // As what is written here has it; what was sent may have either.
    private static string Escaped(string text) => JsonEncodedText.Encode(text).ToString();

    // The script knows the two cases of ASCII letters and no more.
    private static string Lower(string text)
    {
        var lower = new StringBuilder(text);
        for (var i = 0; i < lower.Length; i++)
        {
            lower[i] = char.IsAsciiLetterUpper(lower[i]) ? char.ToLowerInvariant(lower[i]) : lower[i];
        }

        return lower.ToString();
    }
}
