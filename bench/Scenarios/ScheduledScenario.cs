namespace TaskGrid.Bench;

/// <summary>Very many tasks for tomorrow: what the silo holds of them, and what a submit beside them takes.</summary>
internal sealed class ScheduledScenario : GridScenario
{
    private const int Size = 500;
    private const int Beside = 5_000;

    public override string Name => "scheduled";

    public override string Title => "Tasks that are due in a day, and then one submit at a time beside them";

    public override int Count => 1_000_000;

    public override int MostRuns => 1;

    public override async Task<Dictionary<string, double>> RunAsync(TaskGridContender grid, int count)
    {
        var alone = await grid.SubmitAsync(Math.Min(Beside, count), inFlight: 1);
        var memory = (await grid.CollectedAsync()).MemoryBytes;
        var data = (await grid.Redis.UsageAsync()).DataBytes;
        await grid.SubmitBatchesAsync(count, Size, inFlight: 8, _ => new() { Delay = TimeSpan.FromDays(1) });
        var after = (await grid.CollectedAsync()).MemoryBytes;
        var beside = await grid.SubmitAsync(Math.Min(Beside, count), inFlight: 1);
        return new()
        {
            [Figure.WorkerMemory] = after / 1048576,
            [Figure.WorkerGrowth] = (after - memory) / 1048576,
            [Figure.DataPerTask] = ((await grid.Redis.UsageAsync()).DataBytes - data) / (double)count,
            ["acknowledged p50 ms before"] = Statistics.Percentile(alone, 0.5),
            ["acknowledged p99 ms before"] = Statistics.Percentile(alone, 0.99),
            [Figure.AcknowledgedP50] = Statistics.Percentile(beside, 0.5),
            [Figure.AcknowledgedP99] = Statistics.Percentile(beside, 0.99),
        };
    }
}
