using Xunit;

namespace TaskGrid.Faults;

[Collection(Alone.Name)]
public sealed class When_a_limit_is_changed(ITestOutputHelper output)
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task It_holds_on_three_silos_within_a_second()
    {
        await using var grid = await RealGrid.StartAsync(silos: 3, slots: 8);
        await LimitAsync(grid, 12);
        await grid.SubmitManyAsync(3000, "work", new { milliseconds = 50 }, new());
        await ReachAsync(grid, 12);

        var narrowed = await LimitAsync(grid, 3);
        await grid.UntilAsync(_ => RealGrid.Now - narrowed > 2 * s_second, "two seconds are over");
        // It holds as soon as the store has it, which is before the answer is here.
        var widening = RealGrid.Now;
        var widened = await LimitAsync(grid, 18);
        await ReachAsync(grid, 18);

        var runs = grid.Executions;
        var wide = runs.Select(r => r.StartedAt).Order().First(at => runs.Count(r => r.StartedAt <= at && !(r.EndedAt <= at)) == 18);
        var none = grid.Deaths;
        var before = Load.MostAtOnce(runs, none, until: narrowed);
        // What ran at the change goes on to its end.
        var overlong = runs.Where(r => r.StartedAt < narrowed).Max(r => r.EndedAt) - narrowed;
        var between = Load.MostAtOnce(runs.Where(r => r.StartedAt > narrowed), none, narrowed, widening);
        output.WriteLine($"12, then 3, then 18 at a time on {runs.Select(r => r.Pid).Distinct().Count()} silos: {before}, then {between} once the last one from before had ended "
            + $"after {overlong?.TotalMilliseconds:0} ms, then {Load.MostAtOnce(runs, none)} after {(wide - widened).TotalMilliseconds:0} ms");
        Assert.Equal(12, before);
        Assert.True(overlong < s_second, $"the last one from before the change ended {overlong} after it");
        Assert.Equal(3, Load.MostAtOnce(runs, none, narrowed + s_second, widening));
        Assert.Equal(18, Load.MostAtOnce(runs, none));
        Assert.True(wide - widened < s_second, $"18 ran at once {wide - widened} after the change");
        Assert.Equal(3, runs.Where(r => r.StartedAt > widened).Select(r => r.Pid).Distinct().Count());
    }

    /// <summary>Returns when it was set.</summary>
    private static async Task<TimeSpan> LimitAsync(RealGrid grid, int concurrency)
    {
        await grid.Queues.ConfigureAsync("default", new() { Limits = new(Concurrency: concurrency) });
        return RealGrid.Now;
    }

    private static Task ReachAsync(RealGrid grid, int concurrency) =>
        grid.UntilAsync(g => Load.MostAtOnce(g.Executions, g.Deaths) >= concurrency, $"{concurrency} run at once");
}
