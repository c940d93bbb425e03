namespace TaskGrid.Bench;

/// <summary>Submits over HTTP, one by one or in batches, until all have succeeded.</summary>
internal sealed class RestScenario(string name, string title, int size, int inFlight) : GridScenario
{
    public override string Name => name;

    public override string Title => title;

    public override int Count => size == 1 ? 50_000 : 100_000;

    public override int Rehearsals => 3;

    public override GridShape Shape => new(HasWeb: true);

    public static RestScenario Single => new("rest", "Single POSTs, 64 unanswered at a time, until all have succeeded", size: 1, inFlight: 64);

    public static RestScenario Batch => new("rest-batch", "POSTs of 100 tasks, 8 unanswered at a time, until all have succeeded", size: 100, inFlight: 8);

    public override async Task<Dictionary<string, double>> RunAsync(TaskGridContender grid, int count)
    {
        using var client = new RestClient(grid.Web!);
        return await Flow.MeasureAsync(grid, count, () => SubmitAsync(client, count));
    }

    private Task<double[]> SubmitAsync(RestClient client, int count) =>
        InFlight.RunAsync(count / size, inFlight, i => size == 1 ? client.SubmitAsync(i) : client.SubmitBatchAsync(size));
}
