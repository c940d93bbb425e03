namespace TaskGrid.Bench;

/// <summary>Single submits of no-op tasks, until every one has succeeded.</summary>
internal sealed class SubmitScenario : SharedScenario
{
    private const int InFlight = 128;

    public override string Name => "single";

    public override string Title => $"Single submits, {InFlight} unanswered at a time, until all have succeeded";

    public override Task<Dictionary<string, double>> RunAsync(IContender contender, int count) =>
        Flow.MeasureAsync(contender, count, () => contender.SubmitAsync(count, InFlight));
}
