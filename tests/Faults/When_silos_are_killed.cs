using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults;

public sealed class When_silos_are_killed(ITestOutputHelper output)
{
    private readonly Dictionary<int, TimeSpan> _deaths = [];

    [Fact]
    public async Task Every_acknowledged_task_succeeds_though_one_and_then_all_die()
    {
        const int n = 2000;
        await using var grid = await RealGrid.StartAsync(silos: 3);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        var submits = new List<Task<TaskHandle>>();
        TimeSpan? killedAt = null;
        var victim = grid.Silos[0];
        while (submits.Count < n && await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            submits.AddRange(Enumerable.Range(0, 5).Select(_ => grid.Tasks.SubmitAsync("work", new { milliseconds = 200 })));
            if (submits.Count == n / 2)
            {
                killedAt = RealGrid.Now;
                await KillAsync(grid, victim);
            }
        }

        var handles = await Task.WhenAll(submits);
        var interrupted = grid.Executions.Where(e => e.Pid == victim.Pid && e.EndedAt is null).Select(e => e.Id).ToHashSet();
        await RealGrid.FinalAsync(handles.Where(h => interrupted.Contains(h.Id)), TimeSpan.FromSeconds(60));
        var restarts = grid.Executions.Where(e => interrupted.Contains(e.Id) && e.Pid != victim.Pid).Select(e => e.StartedAt - killedAt!.Value).Order().ToList();

        var late = await Task.WhenAll(Enumerable.Range(0, 400).Select(_ => grid.Tasks.SubmitAsync("work", new { milliseconds = 200 })));
        foreach (var silo in grid.Silos.ToList())
        {
            await KillAsync(grid, silo);
        }

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => grid.AddSiloAsync()));
        TaskHandle[] all = [.. handles, .. late];
        var snapshots = await RealGrid.FinalAsync(all, TimeSpan.FromSeconds(120));

        Assert.All(snapshots, s => Assert.Equal(TaskState.Succeeded, s.State));
        var ids = all.Select(h => h.Id).ToList();
        var findings = Findings.Of(ids, ids, grid.Executions, _deaths);
        output.WriteLine($"N = {all.Length}; interrupted by the single kill {interrupted.Count}, restarted after {restarts.FirstOrDefault().TotalSeconds:0.0} to "
            + $"{restarts.LastOrDefault().TotalSeconds:0.0} s; runs repeated {findings.Repeated}; lost {findings.Lost.Count}; overlaps {findings.Overlaps.Count}");
        Assert.NotEmpty(interrupted);
        Assert.Empty(findings.Lost);
        Assert.Empty(findings.Unexpected);
        Assert.Empty(findings.Overlaps);
        Assert.True(restarts[^1] < TimeSpan.FromSeconds(10), $"The last interrupted task ran again after {restarts[^1].TotalSeconds:0.0} s.");
    }

    [Fact]
    public async Task A_task_that_crashes_its_process_fails_and_those_beside_it_succeed()
    {
        await using var grid = await RealGrid.StartAsync(silos: 2, slots: 16);
        var beside = await Task.WhenAll(Enumerable.Range(0, 15).Select(_ => grid.Tasks.SubmitAsync("work", new { milliseconds = 4000 })));
        var culprit = await grid.Tasks.SubmitAsync("crash");

        using var stop = new CancellationTokenSource();
        var restarting = KeepTwoAliveAsync(grid, stop.Token);
        var failed = (await RealGrid.FinalAsync([culprit], TimeSpan.FromSeconds(120)))[0];
        var others = await RealGrid.FinalAsync(beside, TimeSpan.FromSeconds(180));
        await stop.CancelAsync();
        await restarting;

        Assert.Equal((TaskState.Failed, ErrorCodes.WorkerCrash), (failed.State, failed.Error?.Type));
        Assert.Equal(3, grid.Executions.Count(e => e.Id == culprit.Id));
        Assert.All(others, s => Assert.Equal(TaskState.Succeeded, s.State));
    }

    private async Task KillAsync(RealGrid grid, ServerProcess silo)
    {
        await grid.KillAsync(silo);
        _deaths[silo.Pid] = RealGrid.Now;
    }

    private static async Task KeepTwoAliveAsync(RealGrid grid, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                foreach (var dead in grid.Silos.Where(s => s.HasExited).ToList())
                {
                    grid.Silos.Remove(dead);
                    await grid.AddSiloAsync();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
