namespace TaskGrid.Bench;

/// <summary>Single submits while clients read all events of the grid.</summary>
internal sealed class WatchedScenario : GridScenario
{
    private const int Unanswered = 128;
    private const int Watchers = 10;

    public override string Name => "watched";

    public override string Title => $"Single submits, {Unanswered} unanswered at a time, while {Watchers} clients read all events over HTTP";

    public override GridShape Shape => new(HasWeb: true);

    public override async Task<Dictionary<string, double>> RunAsync(TaskGridContender grid, int count)
    {
        using var client = new RestClient(grid.Web!);
        using var end = new CancellationTokenSource();
        var told = new long[Watchers];
        var watchers = Enumerable.Range(0, Watchers).Select(async w =>
        {
            try
            {
                await client.ReadEventsAsync("api/v1/events", () => Interlocked.Increment(ref told[w]), end.Token);
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                // It is over.
            }
        }).ToList();
        for (var tries = 0; told.Any(t => t == 0); tries++)
        {
            await grid.SubmitAsync(100, Unanswered);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            if (tries == 100)
            {
                throw new InvalidOperationException("Somebody who watches was told of nothing.");
            }
        }

        // What is on its way still counts to what was before.
        var before = told.Sum();
        var figures = await Flow.MeasureAsync(grid, count, () => grid.SubmitAsync(count, Unanswered));
        figures["events/s to each"] = (told.Sum() - before) / Watchers * figures[Figure.Throughput] / count;
        await end.CancelAsync();
        await Task.WhenAll(watchers);
        return figures;
    }
}
