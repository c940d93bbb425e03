using Microsoft.Extensions.DependencyInjection;
using TaskGrid.Workers;
using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_code_does_not_end
{
    [Fact]
    public async Task A_cancelled_task_is_cancelled_after_its_grace()
    {
        var started = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask(
            "deaf", async () => { started.SetResult(); await release.Task; return "done anyway"; }, o => o.CancelTimeout = TimeSpan.FromMilliseconds(300)));
        var handle = await grid.Tasks.SubmitAsync("deaf");
        await started.Task.Within("the start of the task");

        var reply = await handle.CancelAsync(TestContext.Current.CancellationToken);
        var snapshot = await handle.FinalAsync();

        Assert.Equal((CancelOutcome.Requested, TaskState.Cancelled, "requested"), (reply.Outcome, snapshot.State, snapshot.Reason));
        Assert.Equal(1, grid.ServicesOf(0).GetRequiredService<Slots>().Leaked);
        release.SetResult();
        await Until.True(() => Task.FromResult(grid.ServicesOf(0).GetRequiredService<Slots>().Running == 0), "the slot is free again");
        Assert.Equal(TaskState.Cancelled, (await handle.GetSnapshotAsync(TestContext.Current.CancellationToken))!.State);
    }

    [Fact]
    public async Task A_silo_with_nothing_but_such_code_says_so_once_and_takes_nothing_until_some_ends()
    {
        var release = new TaskCompletionSource();
        using var log = new LineLog();
        await using var grid = await Grid.StartAsync(
            tasks =>
            {
                log.AddTo(tasks);
                tasks.AddTask("deaf", () => release.Task, o => o.TimeLimit = TimeSpan.FromMilliseconds(100)).AddTask("add", (int x, int y) => x + y);
            },
            slots: 2);
        var deaf = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => grid.Tasks.SubmitAsync("deaf", options: new() { MaxAttempts = 1 })));
        await Task.WhenAll(deaf.Select(h => h.FinalAsync()));

        Assert.StartsWith("Error: ", await log.LineAsync("All 2 slots of this silo are leaked"), StringComparison.Ordinal);
        var add = await grid.Tasks.SubmitAsync<int>("add", new { x = 1, y = 2 });
        Assert.Equal(TaskState.Queued, (await add.GetSnapshotAsync(TestContext.Current.CancellationToken))!.State);
        release.SetResult();

        Assert.Equal(3, await add.GetResultAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, log.Count("All 2 slots"));
    }

    [Fact]
    public async Task A_graceful_stop_does_not_wait_for_it()
    {
        var release = new TaskCompletionSource();
        using var log = new LineLog();
        await using var grid = await Grid.StartAsync(
            tasks =>
            {
                log.AddTo(tasks);
                tasks.AddTask("deaf", () => release.Task, o => o.TimeLimit = TimeSpan.FromMilliseconds(100));
            },
            silos: 2,
            slots: 16,
            ("HostOptions:ShutdownTimeout", "00:10:00"));
        var snapshot = await (await grid.Tasks.SubmitAsync("deaf", options: new() { MaxAttempts = 1 })).FinalAsync();
        var victim = grid.Cluster.Silos.First(s => snapshot.Worker!.StartsWith(s.SiloAddress.ToParsableString(), StringComparison.Ordinal));

        await grid.Cluster.StopSiloAsync(victim).Within("the stop of a silo whose code does not end");

        Assert.Equal(0, log.Count("unfinished"));
        release.SetResult();
    }
}
