using StackExchange.Redis;
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
        var reply = await store.ReadAsync("list", [cursor, limit, most, .. FilterWords.Of(request.Filter, request.Queues, request.Tasks)]).ConfigureAwait(false);
        var now = (long)reply[3];
        return new([.. ((RedisResult[])reply[4]!).Chunk(WordsOfAnItem).Select(item => Parse(item, now))], (string)reply[1]!, (int)(long)reply[2]);
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
