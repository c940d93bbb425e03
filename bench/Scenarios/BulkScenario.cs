using System.Diagnostics;

namespace TaskGrid.Bench;

/// <summary>Cancels many waiting tasks by a tag, while single submits go on to another queue, one at a time; then forgets them, by a filter that has no index.</summary>
internal sealed class BulkScenario : GridScenario
{
    private const string Queue = "import";
    private const string Tag = "bulk-scenario";
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(3);

    public override string Name => "bulk";

    public override string Title => "Waiting tasks cancelled by a tag, while one submit at a time goes to another queue; then forgotten";

    public override async Task<Dictionary<string, double>> RunAsync(TaskGridContender grid, int count)
    {
        await grid.Queues.PauseAsync(Queue);
        await grid.SubmitBatchesAsync(count, size: 500, inFlight: 1, _ => new() { Queue = Queue, Tags = [Tag] });
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
        var (done, cancelled) = ((await bulk.WaitAsync()).Done, watch.Elapsed);
        if (done != count)
        {
            throw new InvalidOperationException($"{done} of {count} were cancelled.");
        }

        // Found record by record: none of them, and then all.
        var none = await TakeAsync(grid, new() { Action = BulkAction.Forget, State = TaskState.Cancelled, Text = "not one of them" });
        var all = await TakeAsync(grid, new() { Action = BulkAction.Forget, State = TaskState.Cancelled, Tag = Tag });
        return new()
        {
            ["first cancelled ms"] = begun?.TotalMilliseconds ?? 0,
            ["all cancelled s"] = cancelled.TotalSeconds,
            ["looked at by a text s"] = none.TotalSeconds,
            ["all forgotten s"] = all.TotalSeconds,
            ["acknowledged p50 ms before"] = Statistics.Percentile(quiet, 0.5),
            ["acknowledged p99 ms before"] = Statistics.Percentile(quiet, 0.99),
            [Figure.AcknowledgedP50] = Statistics.Percentile(busy, 0.5),
            [Figure.AcknowledgedP99] = Statistics.Percentile(busy, 0.99),
        };
    }

    private static async Task<TimeSpan> TakeAsync(TaskGridContender grid, BulkRequest request)
    {
        var watch = Stopwatch.StartNew();
        await (await grid.Bulk.BeginAsync(request)).WaitAsync();
        return watch.Elapsed;
    }

    private static async Task<double[]> SubmitWhileAsync(TaskGridContender grid, Func<Task<bool>> goesOn)
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
}
