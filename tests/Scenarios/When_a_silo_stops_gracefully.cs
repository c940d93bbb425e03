using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using TaskGrid.Workers;
using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_a_silo_stops_gracefully
{
    [Fact]
    public async Task What_is_cut_off_at_the_deadline_counts_no_attempt_whatever_it_throws()
    {
        using var started = new SemaphoreSlim(0);
        var calls = 0;
        await using var grid = await Grid.StartAsync(
            tasks => tasks.AddTask("query", async (CancellationToken stop) =>
            {
                if (Interlocked.Increment(ref calls) == 1)
                {
                    var fired = new TaskCompletionSource();
                    await using var registration = stop.Register(fired.SetResult);
                    started.Release();
                    await fired.Task;
                    throw new InvalidOperationException("A database's own way to say that it was cancelled.");
                }

                return "done";
            }),
            silos: 2,
            slots: 4,
            ("HostOptions:ShutdownTimeout", "00:00:05"));
        var handle = await grid.Tasks.SubmitAsync("query", options: new() { MaxAttempts = 1 });
        await started.WaitAsync(TestContext.Current.CancellationToken);
        var victim = grid.Cluster.Silos.First(s => (handle.GetSnapshotAsync().Result!.Worker ?? "").StartsWith(s.SiloAddress.ToParsableString(), StringComparison.Ordinal));
        var other = grid.Cluster.Silos[0] == victim ? 1 : 0;
        var client = grid.ClientOn(other);

        await grid.Cluster.StopSiloAsync(victim);

        var snapshot = await client.GetHandle(handle.Id).FinalAsync();
        Assert.Equal((TaskState.Succeeded, 1, 2), (snapshot.State, snapshot.Attempt, calls));
    }

    /// <summary>Of a host that waits for its tasks for as long as they take.</summary>
    [Fact]
    public async Task What_runs_is_not_interrupted_where_there_is_no_limit()
    {
        using var started = new SemaphoreSlim(0);
        var release = new TaskCompletionSource();
        var calls = 0;
        await using var grid = await Grid.StartAsync(
            tasks => tasks.AddTask("wait", async (CancellationToken stop) =>
            {
                Interlocked.Increment(ref calls);
                started.Release();
                await release.Task.WaitAsync(stop);
            }),
            silos: 2,
            settings: ("HostOptions:ShutdownTimeout", "-00:00:00.001"));
        var handle = await grid.Tasks.SubmitAsync("wait");
        await started.WaitAsync(TestContext.Current.CancellationToken);
        var worker = (await handle.GetSnapshotAsync())!.Worker!;
        var victim = grid.Cluster.Silos.First(s => worker.StartsWith(s.SiloAddress.ToParsableString(), StringComparison.Ordinal));
        var client = grid.ClientOn(grid.Cluster.Silos[0] == victim ? 1 : 0);

        var arrivals = grid.Cluster.GetSiloServiceProvider(victim.SiloAddress).GetRequiredService<LeaseArrivals>();
        var stopping = grid.Cluster.StopSiloAsync(victim);
        await Until.True(() => Task.FromResult(arrivals.Demand <= 0), "the silo takes nothing more");
        release.SetResult();
        await stopping.Within("the stop of the silo");

        var snapshot = await client.GetHandle(handle.Id).FinalAsync();
        Assert.Equal((TaskState.Succeeded, 0, 1), (snapshot.State, snapshot.Interruptions, calls));
    }

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
