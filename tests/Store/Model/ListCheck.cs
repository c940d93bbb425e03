using TaskGrid.Tasks;

namespace TaskGrid.Store.Model;

/// <summary>Every list is what going through all tasks comes to.</summary>
internal static class ListCheck
{
    /// <summary>Lists of every state, with filters, pages and steps by chance: the ids as they should be, and as they are.</summary>
    public static async IAsyncEnumerable<(string Expected, string Listed)> CompareAsync(TestGrid grid, IEnumerable<string> ids, string[] queues, string[] names, Random chance)
    {
        var records = new List<TaskRecord>();
        foreach (var id in ids)
        {
            records.Add(await grid.ReadAsync(id));
        }

        var workers = records.Select(r => r.ToSnapshot().Worker).OfType<string>().ToArray();
        foreach (var state in Enum.GetValues<TaskState>().Select(s => (TaskState?)s).Append(null))
        {
            var filter = new TaskFilter
            {
                State = state,
                Queue = chance.Next(2) == 0 ? queues[chance.Next(queues.Length)] : null,
                Task = chance.Next(3) == 0 ? names[chance.Next(names.Length)] : null,
                Worker = workers.Length > 0 && chance.Next(4) == 0 ? workers[chance.Next(workers.Length)] : null,
            };
            var (since, until) = TimesOf(records, state, chance);
            filter = filter with { Since = since, Until = until };
            var (page, most) = (chance.Next(1, 40), chance.Next(1, 60));
            yield return ($"{filter}: {string.Join(' ', PlainList.Of(records, filter).Select(r => r.Id))}", $"{filter}: {await grid.IdsAsync(filter, page, most)}");
        }
    }

    /// <summary>Instants of two of the tasks. What is listed by its acceptance has none that a record knows once it was run again.</summary>
    private static (DateTimeOffset? Since, DateTimeOffset? Until) TimesOf(List<TaskRecord> records, TaskState? state, Random chance)
    {
        var times = records.Where(r => r.State == state).Select(r => PlainList.KeyOf(r, state, instant: true)).ToArray();
        if (state is null or TaskState.Queued || times.Length == 0 || chance.Next(2) == 0)
        {
            return (null, null);
        }

        var (one, other) = (times[chance.Next(times.Length)], times[chance.Next(times.Length)]);
        return (DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(one, other)), DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(one, other)));
    }
}
