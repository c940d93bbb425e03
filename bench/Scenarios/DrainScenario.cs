namespace TaskGrid.Bench;

/// <summary>A backlog that was there before anything may begin.</summary>
internal sealed class DrainScenario : SharedScenario
{
    public override string Name => "drain";

    public override string Title => "A backlog of no-op tasks, from the moment at which they may begin until all have succeeded";

    public override int Rehearsals => 1;

    public override async Task<Dictionary<string, double>> RunAsync(IContender contender, int count)
    {
        await contender.HoldAsync();
        await contender.FillAsync(count);
        return await Flow.MeasureAsync(contender, count, async () =>
        {
            await contender.ReleaseAsync();
            return [];
        });
    }
}
