using TaskGrid.Bulk;

namespace TaskGrid.Store;

/// <summary>Operations over a filter, as the engine takes them: part by part, step by step.</summary>
internal static class Operations
{
    private const long Everything = long.MaxValue >> 11;

    /// <summary>Does it in steps of so many, to the end or as many steps as are asked for.</summary>
    public static async Task<(int Done, List<(string Id, string Silo)> Asked)> OverAsync(
        this TestGrid grid, string action, string argument, TaskFilter filter, long cutoff = Everything, int max = 2, int scanned = 500, int steps = 10_000)
    {
        var (done, asked, taken) = (0, new List<(string, string)>(), 0);
        foreach (var part in await PartsAsync(grid, filter))
        {
            var cursor = "";
            do
            {
                var step = await grid.Many.OverAsync(action, argument, filter, part, cutoff, cursor, max, scanned);
                Assert.InRange(step.Done, 0, max);
                Assert.False(step.Cursor.Length > 0 && step.Cursor == cursor, $"It does not get on; it is at {cursor} of {part}.");
                (done, cursor) = (done + step.Done, step.Cursor);
                asked.AddRange(step.Asked);
                if (++taken == steps)
                {
                    return (done, asked);
                }
            }
            while (cursor.Length > 0);
        }

        return (done, asked);
    }

    private static async Task<IReadOnlyList<string>> PartsAsync(TestGrid grid, TaskFilter filter) =>
        [.. BulkPlan.Parts(filter.State, filter.Queue, await grid.Queues.NamesAsync(), await grid.Tasks.RetentionClassesAsync())];

    /// <summary>How many it would be.</summary>
    public static async Task<int> CountOverAsync(this TestGrid grid, string action, string argument, TaskFilter filter, int scanned = 500)
    {
        var count = 0;
        foreach (var part in await PartsAsync(grid, filter))
        {
            var cursor = "";
            do
            {
                var step = await grid.Many.CountOverAsync(action, action == "move" ? argument : "", filter, part, cursor, scanned);
                (count, cursor) = (count + step.Count, step.Cursor);
            }
            while (cursor.Length > 0);
        }

        return count;
    }
}
