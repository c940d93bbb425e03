namespace TaskGrid.Bench;

/// <summary>Single submits to more than one silo.</summary>
internal sealed class SilosScenario(int silos) : GridScenario
{
    private const int InFlight = 128;

    public override string Name => $"single-{silos}-silos";

    public override string Title => $"Single submits, {InFlight} unanswered at a time, on {silos} silos that share the machine";

    public override GridShape Shape => new(Silos: silos);

    public override Task<Dictionary<string, double>> RunAsync(TaskGridContender grid, int count) =>
        Flow.MeasureAsync(grid, count, () => grid.SubmitAsync(count, InFlight));
}
