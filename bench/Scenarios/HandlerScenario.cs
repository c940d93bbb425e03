namespace TaskGrid.Bench;

/// <summary>Handlers that take some time: whether a slot that is free gets the next task at once.</summary>
internal sealed class HandlerScenario : GridScenario
{
    private const int Milliseconds = 20;
    private const int BatchSize = 100;

    // As the options have it: 10 for each core, at least 16.
    private static readonly int s_slots = Math.Max(16, 10 * Environment.ProcessorCount);

    public override string Name => "handlers";

    public override string Title => $"Handlers that wait {Milliseconds} ms, in the {s_slots} slots of one silo: how many of the slots are busy";

    public override int Count => 10_000;

    public override int Rehearsals => 1;

    public override async Task<Dictionary<string, double>> RunAsync(TaskGridContender grid, int count)
    {
        await grid.HoldAsync();
        await InFlight.RunAsync(count / BatchSize, inFlight: 8, async _ => await grid.Tasks.SubmitBatchAsync(
            [.. Enumerable.Range(0, BatchSize).Select(_ => TaskSubmission.Create("rest", new { milliseconds = Milliseconds }))]));
        var figures = await Flow.MeasureAsync(grid, count, async () =>
        {
            await grid.ReleaseAsync();
            return [];
        });
        figures[Figure.SlotsBusy] = 100 * figures[Figure.Throughput] * Milliseconds / 1000 / s_slots;
        return figures;
    }
}
