namespace TaskGrid.Bench;

/// <summary>Very many tasks that are not forgotten: whether a task costs what it cost among few.</summary>
internal sealed class MillionScenario : GridScenario
{
    private const int InFlight = 128;
    private const int Parts = 10;

    public override string Name => "million";

    public override string Title => $"Single submits, {Parts} parts one after the other, all kept: the last part against the first, and what the silo holds afterwards";

    public override int Count => 1_000_000;

    public override int MostRuns => 1;

    public override async Task<Dictionary<string, double>> RunAsync(TaskGridContender grid, int count)
    {
        var memory = (await grid.CollectedAsync()).MemoryBytes;
        var rewrites = (await grid.Redis.UsageAsync()).Rewrites;
        var parts = new List<Dictionary<string, double>>();
        for (var i = 0; i < Parts; i++)
        {
            parts.Add(await Flow.MeasureAsync(grid, count / Parts, () => grid.SubmitAsync(count / Parts, InFlight)));
        }

        var after = (await grid.CollectedAsync()).MemoryBytes;
        return new()
        {
            [$"{Figure.Throughput} first part"] = parts[0][Figure.Throughput],
            [$"{Figure.Throughput} last part"] = parts[^1][Figure.Throughput],
            ["last part of first %"] = 100 * parts[^1][Figure.Throughput] / parts[0][Figure.Throughput],
            [Figure.AcknowledgedP99] = parts[^1][Figure.AcknowledgedP99],
            [Figure.DataPerTask] = parts.Average(p => p[Figure.DataPerTask]),
            [Figure.WorkerMemory] = after / 1048576,
            [Figure.WorkerGrowth] = (after - memory) / 1048576,
            [Figure.Rewrites] = (await grid.Redis.UsageAsync()).Rewrites - rewrites,
        };
    }
}
