using Xunit;

namespace TaskGrid.Faults;

public sealed class When_an_expiry_passes_while_the_store_is_away
{
    /// <summary>An expiry is about tasks that have not started. The store learns only when it is back that these had, and were interrupted.</summary>
    [Fact]
    public async Task What_has_started_before_runs_again()
    {
        await using var grid = await RealGrid.StartAsync(silos: 1);
        var handles = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => grid.Tasks.SubmitAsync("work", new { milliseconds = 1, hold = true }, new() { ExpiresAfter = TimeSpan.FromSeconds(4) })));
        await grid.UntilAsync(g => g.Executions.Count == handles.Length, "all have started");
        var started = RealGrid.Now;
        await grid.Redis.KillWrittenAsync();
        await grid.UntilAsync(g => g.Executions.All(e => e.WasStopped), "all are interrupted");
        // Longer than the silo tries to say so.
        await RealGrid.UntilAsync(started + TimeSpan.FromSeconds(15));
        await grid.Redis.RestartAsync();

        Assert.All(await grid.FinalAsync(handles, TimeSpan.FromSeconds(60)), s => Assert.Equal(TaskState.Succeeded, s.State));
        Assert.Equal(2 * handles.Length, grid.Executions.Count);
    }
}
