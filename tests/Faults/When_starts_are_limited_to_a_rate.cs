using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults;

public sealed class When_starts_are_limited_to_a_rate(ITestOutputHelper output)
{
    private const int PerSecond = 50;
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_minute = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_interval = s_second / PerSecond;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(5);

    /// <summary>
    /// What is more than half an interval late is lost, by design. The first run of a process is, for what is compiled then: so other tasks
    /// run before, and the minute begins some seconds after the first start. And so is what finds no free core for that long: how much that
    /// is on this machine, a bare timer shows in the same minute, and on its way from the dispatcher over the store to the worker a start
    /// has to find a core three times.
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
        await grid.UntilAsync(_ => RealGrid.Now >= from, "the minute begins");
        var possible = await PaceAsync(from + s_minute);
        var runs = grid.Executions.Where(e => !warm.Contains(e.Id)).ToList();

        var inMinute = runs.Count(r => r.StartedAt >= from && r.StartedAt < from + s_minute);
        var silos = runs.Select(r => r.Pid).Distinct().Count();
        var leases = Load.MostWithin(runs.Select(LeasedAt), s_second);
        var starts = Load.MostWithin(runs.Select(r => r.StartedAt), s_second);
        var least = runs.Min(r => r.StartedAt - LeasedAt(r));
        var prompt = runs.Where(r => r.StartedAt - LeasedAt(r) - least < s_interval / 2).ToList();
        var promptStarts = Load.MostWithin(prompt.Select(r => r.StartedAt), s_second);
        var allowed = (PerSecond * 60 * 0.01) + (3 * ((PerSecond * 60) - possible));
        output.WriteLine($"N = {runs.Count} on {silos} silos: {inMinute} starts in a minute, {possible} by a bare timer; at most {leases} leases and {starts} starts in a second, "
            + $"{promptStarts} without the {runs.Count - prompt.Count} that began more than 10 ms after their lease");
        Assert.Equal(3, silos);
        Assert.InRange(inMinute, (PerSecond * 60) - allowed, PerSecond * 60 * 1.01);
        Assert.InRange(leases, PerSecond, PerSecond + 1);
        Assert.InRange(promptStarts, PerSecond, PerSecond + 1);
        Assert.True(runs.Count - prompt.Count <= allowed, $"{runs.Count - prompt.Count} of {runs.Count} began more than 10 ms after their lease");
    }

    /// <summary>How many starts a timer alone gets to, by the rule that the grid has.</summary>
    private static async Task<int> PaceAsync(TimeSpan until)
    {
        var count = 0;
        for (var used = RealGrid.Now - s_interval; RealGrid.Now < until; count++)
        {
            while (RealGrid.Now - used < s_interval)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling((used + s_interval - RealGrid.Now).TotalMilliseconds)), TimeProvider.System);
            }

            var longestAgo = RealGrid.Now - (1.5 * s_interval);
            used = (used > longestAgo ? used : longestAgo) + s_interval;
        }

        return count;
    }

    // A token is the instant of its lease by the store's clock, in 1024ths of a millisecond.
    private static TimeSpan LeasedAt(Execution run) => TimeSpan.FromMilliseconds(run.Token / 1024.0);
}
