namespace TaskGrid.Bench;

/// <summary>Arguments and results of 64 kB.</summary>
internal sealed class LargeScenario : GridScenario
{
    private const int Length = 64 * 1024;
    private const int Unanswered = 32;

    private static readonly string s_text = string.Concat(Enumerable.Range(0, Length / 8).Select(i => $"{i:x8}"));

    public override string Name => "large";

    public override string Title => $"Arguments and results of 64 kB, {Unanswered} single submits unanswered at a time, until all have succeeded";

    public override int Count => 10_000;

    public override int Rehearsals => 1;

    public override Task<Dictionary<string, double>> RunAsync(TaskGridContender grid, int count) =>
        Flow.MeasureAsync(grid, count, () => InFlight.RunAsync(count, Unanswered, _ => grid.Tasks.SubmitAsync("echo", new { text = s_text })));
}
