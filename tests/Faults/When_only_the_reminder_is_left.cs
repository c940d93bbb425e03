using Xunit;

namespace TaskGrid.Faults;

public sealed class When_only_the_reminder_is_left(ITestOutputHelper output)
{
    private static readonly (string, string)[] s_deaf =
    [
        ("TaskGrid__Faults__NudgesAreOff", "true"), ("TaskGrid__Faults__TimersAreOff", "true"), ("TaskGrid__Faults__WatcherIsOff", "true"),
    ];

    [Fact]
    public async Task Due_work_runs_from_its_tick_after_an_outage_without_any_client()
    {
        await using var grid = await RealGrid.StartAsync(silos: 1);
        var primer = await grid.Tasks.SubmitAsync("work", new { milliseconds = 1 });
        await grid.FinalAsync([primer], TimeSpan.FromSeconds(60));
        var due = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => grid.Tasks.SubmitAsync("work", new { milliseconds = 1 }, new() { Delay = TimeSpan.FromSeconds(5) })));
        await grid.DisconnectAsync();
        await grid.KillAsync(grid.Silos[0]);

        var start = RealGrid.Now;
        await grid.AddSiloAsync(s_deaf);
        var ids = due.Select(h => h.Id).ToHashSet();
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (grid.Executions.Count(e => ids.Contains(e.Id)) < due.Length && RealGrid.Now - start < TimeSpan.FromSeconds(170))
        {
            await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        var runs = grid.Executions.Where(e => ids.Contains(e.Id)).ToList();
        Assert.Equal(20, runs.Select(e => e.Id).Distinct().Count());
        output.WriteLine($"N = 20; the last ran {(runs.Max(e => e.StartedAt) - start).TotalSeconds:0} s after the restart");
    }
}
