using System.Text;
using System.Text.Json;
using StackExchange.Redis;
using TaskGrid.Queues;
using TaskGrid.Tasks;

namespace TaskGrid.Storage;

/// <summary>A step on the way through a list.</summary>
/// <param name="Items">The tasks that are meant, in the order of the list, without arguments and results.</param>
/// <param name="Cursor">Where to go on; empty when there are no more.</param>
/// <param name="Scanned">How many records were looked at.</param>
internal sealed record TaskListStep(IReadOnlyList<TaskRecord> Items, string Cursor, int Scanned);

/// <summary>Lists of tasks, by the indexes that there are and record by record for the rest.</summary>
internal sealed class TaskListStore(StoreConnection store)
{
    private const int WordsOfAnItem = 6;

    /// <summary>One step of some records.</summary>
    /// <param name="request">Which list.</param>
    /// <param name="cursor">Empty at first, then what the last step returned.</param>
    /// <param name="limit">How many tasks at most.</param>
    /// <param name="most">How many records to look at, about.</param>
    public async Task<TaskListStep> ReadAsync(TaskListRequest request, string cursor, int limit, int most)
    {
        var reply = await store.ReadAsync("list", [cursor, limit, most, .. Words(request)]).ConfigureAwait(false);
        var now = (long)reply[3];
        return new([.. ((RedisResult[])reply[4]!).Chunk(WordsOfAnItem).Select(item => Parse(item, now))], (string)reply[1]!, (int)(long)reply[2]);
    }

    private static RedisValue[] Words(TaskListRequest request)
    {
        var filter = request.Filter;
        IReadOnlyList<string> queues = filter.Queue is null ? [] : [filter.Queue];
        IReadOnlyList<string> tasks = filter.Task is null ? [] : [filter.Task];
        return
        [
            LetterOf(filter.State), Instant(filter.Since), Instant(filter.Until), filter.Tag is { } tag ? Lane.Escape(tag) : "", Lower(filter.Text ?? ""), Lower(Escaped(filter.Text ?? "")), filter.Parent ?? "",
            queues.Count, tasks.Count, request.Queues.Count, request.Tasks.Count,
            .. queues.Concat(tasks).Concat(request.Queues).Concat(request.Tasks).Select(p => (RedisValue)p),
        ];
    }

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

    private static TaskRecord Parse(RedisResult[] item, long now)
    {
        var (lease, definition) = ((string)item[1]!, (byte[])item[3]!);
        var error = (byte[])item[4]!;
        return new()
        {
            Id = (string)item[0]!,
            ReadAt = now,
            Line = StateLine.Parse((string)item[2]!),
            Lease = lease.Length == 0 ? null : LeaseLine.Parse(lease),
            Definition = definition.Length == 0 ? null : TaskDefinition.Decode(definition),
            Error = error.Length == 0 ? null : error,
            Terms = TermsLine.Parse((string?)item[5]),
        };
    }
}
