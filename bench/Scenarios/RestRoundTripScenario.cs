namespace TaskGrid.Bench;

/// <summary>One task at a time over HTTP: a POST that waits for the result.</summary>
internal sealed class RestRoundTripScenario : GridScenario
{
    public override string Name => "rest-round-trip";

    public override string Title => "One POST with wait at a time, from before it is sent until the result is there";

    public override int Count => 5_000;

    public override GridShape Shape => new(HasWeb: true);

    public override async Task<Dictionary<string, double>> RunAsync(TaskGridContender grid, int count)
    {
        using var client = new RestClient(grid.Web!);
        // The web process is as cold as it comes: many beside each other, and then some as they are measured.
        await RunAsync(client, 4 * count, inFlight: 64);
        await RunAsync(client, count / 5, inFlight: 1);
        return Figures.OfRoundTrips(await RunAsync(client, count, inFlight: 1));
    }

    private static Task<double[]> RunAsync(RestClient client, int count, int inFlight) => InFlight.RunAsync(count, inFlight, async i =>
    {
        var task = await client.SubmitAsync(i, "?wait=10");
        if (task.GetProperty("state").GetString() != "Succeeded")
        {
            throw new InvalidOperationException($"A task that was waited for is not done: {task}");
        }
    });
}
