using System.Diagnostics;

namespace TaskGrid.Bench;

/// <summary>Cancels many waiting tasks by a tag, while single submits go on to another queue, one at a time; then forgets them, by a filter that has no index.</summary>
internal static class BulkScenario
{
    private const string Queue = "import";
    private const string Tag = "bulk-scenario";
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(3);

    public static async Task<string> RunAsync(BenchGrid grid, int count)
    {
        await grid.Queues.PauseAsync(Queue);
        foreach (var batch in Enumerable.Range(0, count).Chunk(500))
        {
            var replies = await grid.Tasks.SubmitBatchAsync([.. batch.Select(i => TaskSubmission.Create("add", new { x = i, y = 1 }, new() { Queue = Queue, Tags = [Tag] }))]);
            if (replies.FirstOrDefault(r => r.Refusal is not null)?.Refusal is { } refusal)
            {
                throw new InvalidOperationException($"A submit was refused: {refusal.Message}");
            }
        }

        var before = Stopwatch.StartNew();
        var quiet = await SubmitWhileAsync(grid, () => Task.FromResult(before.Elapsed < s_quiet));
        var watch = Stopwatch.StartNew();
        var bulk = await grid.Bulk.CancelAsync(tag: Tag);
        TimeSpan? begun = null;
        var busy = await SubmitWhileAsync(grid, async () =>
        {
            var snapshot = await bulk.GetSnapshotAsync();
            begun ??= snapshot?.Done > 0 ? watch.Elapsed : null;
            return snapshot?.FinishedAt is null;
        });
        var (through, cancelled) = ((await bulk.WaitAsync()).Done, watch.Elapsed);
        // Found record by record: none of them, and then all.
        var none = await TakeAsync(grid, new() { Action = BulkAction.Forget, State = TaskState.Cancelled, Text = "not one of them" });
        var all = await TakeAsync(grid, new() { Action = BulkAction.Forget, State = TaskState.Cancelled, Tag = Tag });
        return $"Cancel by tag (N = {through}): the first after {begun?.TotalMilliseconds:0} ms, all after {cancelled.TotalSeconds:0.0} s; "
            + $"submits to another queue {Describe(busy)} meanwhile, {Describe(quiet)} before; "
            + $"looked at by a text after {none.Took.TotalSeconds:0.0} s ({none.Done} forgotten), forgotten by tag after {all.Took.TotalSeconds:0.0} s ({all.Done})";
    }

    private static async Task<(long Done, TimeSpan Took)> TakeAsync(BenchGrid grid, BulkRequest request)
    {
        var watch = Stopwatch.StartNew();
        var through = await (await grid.Bulk.BeginAsync(request)).WaitAsync();
        return (through.Done, watch.Elapsed);
    }

    private static async Task<double[]> SubmitWhileAsync(BenchGrid grid, Func<Task<bool>> goesOn)
    {
        var times = new List<double>();
        while (await goesOn())
        {
            var start = Stopwatch.GetTimestamp();
            await grid.Tasks.SubmitAsync("add", new { x = times.Count, y = 1 });
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return [.. times];
    }

    private static string Describe(double[] times) =>
        $"p50 {Statistics.Percentile(times, 0.5):0.0} / p99 {Statistics.Percentile(times, 0.99):0.0} ms (N = {times.Length})";
}
