using Xunit;

namespace TaskGrid.Faults;

[Collection(Alone.Name)]
public sealed class When_starts_are_limited_to_a_rate(ITestOutputHelper output)
{
    private const int PerSecond = 50;
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_minute = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(5);

    /// <summary>
    /// By the handlers' own records. What can't begin within 13 ms of its instant goes back and is lost, by design. The first run of a
    /// process is, for what is compiled then: so other tasks run before, and the minute begins some seconds after the first start.
    /// </summary>
    [Fact]
    public async Task Three_silos_start_as_many_as_it_says_and_no_second_has_more()
    {
        await using var grid = await RealGrid.StartAsync(silos: 3);
        var warm = await grid.SubmitManyAsync(600, "work", new { milliseconds = 50 }, new() { Queue = "warm" });
        await grid.UntilAsync(g => g.Executions.Count(e => e.EndedAt is not null) == warm.Count, "the code has run on each silo");
        await grid.Queues.PauseAsync("default");
        await grid.Queues.ConfigureAsync("default", new() { Limits = new(Rate: RateLimit.PerSecond(PerSecond)) });
        await grid.SubmitManyAsync(PerSecond * 75, "work", new { milliseconds = 5 }, new());
        await grid.Queues.ResumeAsync("default");

        await grid.UntilAsync(g => g.Executions.Count > warm.Count, "it begins");
        var from = grid.Executions.Where(e => !warm.Contains(e.Id)).Min(e => e.StartedAt) + s_warmUp;
        await grid.UntilAsync(_ => RealGrid.Now >= from + s_minute, "the minute is over", within: s_minute + s_minute);
        var runs = grid.Executions.Where(e => !warm.Contains(e.Id)).ToList();

        var inMinute = runs.Count(r => r.StartedAt >= from && r.StartedAt < from + s_minute);
        var silos = runs.Select(r => r.Pid).Distinct().Count();
        var most = Load.MostWithin(runs.Select(r => r.StartedAt), s_second);
        output.WriteLine($"N = {runs.Count} on {silos} silos: {inMinute} starts in a minute, at most {most} in a second");
        Assert.Equal(3, silos);
        Assert.InRange(inMinute, PerSecond * 60 * 0.99, PerSecond * 60 * 1.01);
        Assert.InRange(most, PerSecond, PerSecond + 1);
    }
}
