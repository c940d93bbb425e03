using System.Collections.Concurrent;
using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_a_silo_stops_gracefully
{
    [Fact]
    public async Task What_runs_ends_there_and_what_waits_runs_elsewhere_uninterrupted()
    {
        var runs = new ConcurrentBag<string>();
        var release = new TaskCompletionSource();
        using var started = new SemaphoreSlim(0);
        await using var grid = await Grid.StartAsync(
            tasks => tasks.AddTask("wait", async (TaskContext context) =>
            {
                runs.Add(context.TaskId);
                started.Release();
                await release.Task;
            }),
            silos: 2,
            slots: 4);
        var handles = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => grid.Tasks.SubmitAsync("wait")));
        for (var i = 0; i < 8; i++)
        {
            await started.WaitAsync(TestContext.Current.CancellationToken);
        }

        var stopping = grid.Cluster.StopSiloAsync(grid.Cluster.Silos[1]);
        release.SetResult();
        await stopping.Within("the stop of the silo");

        var snapshots = await Task.WhenAll(handles.Select(h => grid.ClientOn(0).GetHandle(h.Id).FinalAsync()));
        Assert.All(snapshots, s => Assert.Equal((TaskState.Succeeded, 1, 0), (s.State, s.Attempt, s.Interruptions)));
        Assert.Equal(24, runs.Distinct().Count());
        Assert.Equal(24, runs.Count);
    }
}
