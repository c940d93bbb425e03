using Xunit;

namespace TaskGrid.Faults;

public sealed class When_a_task_crashes_its_process
{
    [Fact]
    public async Task It_fails_and_those_beside_it_succeed()
    {
        await using var grid = await RealGrid.StartAsync(silos: 2, slots: 16);
        var beside = await Task.WhenAll(Enumerable.Range(0, 15).Select(_ => grid.Tasks.SubmitAsync("work", new { milliseconds = 4000 })));
        var culprit = await grid.Tasks.SubmitAsync("crash");

        using var stop = new CancellationTokenSource();
        var restarting = KeepTwoAliveAsync(grid, stop.Token);
        var failed = (await grid.FinalAsync([culprit], TimeSpan.FromSeconds(120)))[0];
        var others = await grid.FinalAsync(beside, TimeSpan.FromSeconds(180));
        await stop.CancelAsync();
        await restarting;

        Assert.Equal((TaskState.Failed, ErrorCodes.WorkerCrash), (failed.State, failed.Error?.Type));
        Assert.Equal(3, grid.Executions.Count(e => e.Id == culprit.Id));
        Assert.All(others, s => Assert.Equal(TaskState.Succeeded, s.State));
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
