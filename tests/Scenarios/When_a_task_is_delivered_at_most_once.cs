using System.Collections.Concurrent;
using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_a_task_is_delivered_at_most_once
{
    [Fact]
    public async Task Cut_off_by_a_graceful_stop_it_fails_and_does_not_run_again()
    {
        var started = new TaskCompletionSource();
        var calls = 0;
        await using var grid = await Grid.StartAsync(
            tasks => tasks.AddTask(
                "charge",
                async (CancellationToken stop) =>
                {
                    Interlocked.Increment(ref calls);
                    started.TrySetResult();
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
                },
                o => o.Delivery = Delivery.AtMostOnce),
            silos: 2,
            slots: 4,
            ("HostOptions:ShutdownTimeout", "00:00:05"));
        var handle = await grid.Tasks.SubmitAsync("charge");
        await started.Task.Within("the start of the task");
        var running = await Until.State(handle, TaskState.Running);
        var victim = grid.Cluster.Silos.First(s => running.Worker!.StartsWith(s.SiloAddress.ToParsableString(), StringComparison.Ordinal));
        var client = grid.ClientOn(grid.Cluster.Silos[0] == victim ? 1 : 0);

        await grid.Cluster.StopSiloAsync(victim);

        var snapshot = await client.GetHandle(handle.Id).FinalAsync();
        Assert.Equal((TaskState.Failed, ErrorCodes.Interrupted, 1, 1), (snapshot.State, snapshot.Error!.Type, snapshot.Attempt, calls));
    }

    /// <summary>Short tasks let a silo take hundreds ahead; those that have not begun when it stops are run by the other one.</summary>
    [Fact]
    public async Task What_had_not_begun_when_a_silo_stops_runs_elsewhere()
    {
        var runs = new ConcurrentBag<string>();
        var release = new TaskCompletionSource();
        using var held = new SemaphoreSlim(0);
        await using var grid = await Grid.StartAsync(
            tasks => tasks
                .AddTask("quick", async (TaskContext context) => { runs.Add(context.TaskId); await Task.Yield(); }, o => o.Delivery = Delivery.AtMostOnce)
                .AddTask("hold", async () => { held.Release(); await release.Task; }, o => o.Delivery = Delivery.AtMostOnce),
            silos: 2,
            slots: 4);
        await Task.WhenAll((await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => grid.Tasks.SubmitAsync("quick")))).Select(h => h.FinalAsync()));
        runs.Clear();
        var names = Enumerable.Repeat("quick", 500).Concat(Enumerable.Repeat("hold", 8)).Concat(Enumerable.Repeat("quick", 500));
        var handles = await Task.WhenAll(names.Select(name => grid.Tasks.SubmitAsync(name)));
        for (var i = 0; i < 8; i++)
        {
            await held.WaitAsync(TestContext.Current.CancellationToken);
        }

        var stopping = grid.Cluster.StopSiloAsync(grid.Cluster.Silos[1]);
        release.SetResult();
        await stopping.Within("the stop of the silo");

        var snapshots = await Task.WhenAll(handles.Select(h => grid.ClientOn(0).GetHandle(h.Id).FinalAsync()));
        Assert.All(snapshots, s => Assert.Equal((TaskState.Succeeded, 1), (s.State, s.Attempt)));
        Assert.Equal(1000, runs.Distinct().Count());
        Assert.Equal(1000, runs.Count);
    }
}
