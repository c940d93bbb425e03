namespace TaskGrid.Bench;

/// <summary>Submits in batches, to one queue or spread over several with priorities of their own.</summary>
internal sealed class BatchScenario(string name, string title, GridShape shape, Func<int, SubmitOptions?>? options = null) : GridScenario
{
    private const int Size = 100;
    private const int InFlight = 8;
    private const int Queues = 10;

    public override string Name => name;

    public override string Title => title;

    public override int Rehearsals => 3;

    public override GridShape Shape => shape;

    public static BatchScenario Plain => new("batch", $"Batches of {Size}, {InFlight} unanswered at a time, until all have succeeded", new());

    public static BatchScenario ManyQueues => new(
        "queues", $"The same over {Queues} queues, with priorities 0 to 9", new(), i => new() { Queue = $"lane-{i % Queues}", Priority = i / Queues % 10 });

    public static BatchScenario Limited => new(
        "limits", "The same with a concurrency key each, of 100 keys that run 10 at a time", new(), i => new() { ConcurrencyKey = $"customer-{i % 100}", ConcurrencyLimit = 10 });

    public static BatchScenario OnSilos(int silos) => new($"batch-{silos}-silos", $"The same on {silos} silos", new(Silos: silos));

    public override Task<Dictionary<string, double>> RunAsync(TaskGridContender grid, int count) =>
        Flow.MeasureAsync(grid, count, () => grid.SubmitBatchesAsync(count, Size, InFlight, options));
}
