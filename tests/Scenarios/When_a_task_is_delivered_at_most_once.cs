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

    /// <summary>Short tasks let a silo take dozens ahead; those that have not begun when it stops, in full flow, are run by the other one.</summary>
    [Fact]
    public async Task What_had_not_begun_when_a_silo_stops_runs_elsewhere()
    {
        const int Count = 4000;
        var runs = new ConcurrentQueue<(string Id, SiloAddress Silo)>();
        var flowing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var grid = await Grid.StartAsync(
            tasks => tasks.AddTask(
                "quick",
                async (TaskContext context, ILocalSiloDetails silo) =>
                {
                    runs.Enqueue((context.TaskId, silo.SiloAddress));
                    if (runs.Count > Count / 4)
                    {
                        flowing.TrySetResult();
                    }

                    await Task.Yield();
                },
                o => o.Delivery = Delivery.AtMostOnce),
            silos: 2,
            slots: 4);
        // All at once, so that neither silo is ever without a lease that waits for a slot.
        await grid.Queues.PauseAsync("default");
        var handles = await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => grid.ClientOn(0).SubmitAsync("quick")));
        await grid.Queues.ResumeAsync("default");
        await flowing.Task.Within("the run of a quarter of the tasks");

        // The busier one: it has taken most ahead.
        var busier = runs.CountBy(r => r.Silo).MaxBy(n => n.Value).Key;
        var victim = grid.Cluster.Silos.First(s => s.SiloAddress.Equals(busier));
        var client = grid.ClientOn(grid.Cluster.Silos[0] == victim ? 1 : 0);

        await grid.Cluster.StopSiloAsync(victim).Within("the stop of the silo");

        var snapshots = await handles.Select(h => client.GetHandle(h.Id)).AllFinalAsync();
        Assert.All(snapshots, s => Assert.Equal((TaskState.Succeeded, 1), (s.State, s.Attempt)));
        Assert.Equal(Count, runs.DistinctBy(r => r.Id).Count());
        Assert.Equal(Count, runs.Count);
    }
}
