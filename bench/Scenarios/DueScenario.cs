namespace TaskGrid.Bench;

/// <summary>Tasks that are due: how late their code begins.</summary>
internal sealed class DueScenario(string name, string title, TimeSpan between) : SharedScenario
{
    private static readonly TimeSpan s_ahead = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_aheadForEach = TimeSpan.FromMilliseconds(4);

    public override string Name => name;

    public override string Title => title;

    public override int Count => 1_000;

    public override int Rehearsals => between == TimeSpan.Zero ? 3 : 1;

    public static DueScenario AtOnce => new("due-at-once", "Tasks due in one instant: how late each begins", TimeSpan.Zero);

    public static DueScenario Paced => new("due-paced", "Tasks due one after the other, 100 a second: how late each begins", TimeSpan.FromMilliseconds(10));

    public override async Task<Dictionary<string, double>> RunAsync(IContender contender, int count) =>
        Figures.OfLateness(await contender.LatenessAsync(count, s_ahead + (count * s_aheadForEach), between));
}
