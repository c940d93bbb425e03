using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_a_task_is_cancelled
{
    [Fact]
    public async Task Scheduled_it_is_cancelled_at_once_and_never_runs()
    {
        var ran = false;
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("mark", () => { ran = true; }));
        var handle = await grid.Tasks.SubmitAsync("mark", options: new() { Delay = TimeSpan.FromHours(1) });

        var reply = await handle.CancelAsync(TestContext.Current.CancellationToken);

        Assert.Equal((CancelOutcome.Cancelled, TaskState.Cancelled, "requested"), (reply.Outcome, reply.Snapshot!.State, reply.Snapshot.Reason));
        Assert.Equal(CancelOutcome.AlreadyFinished, (await handle.CancelAsync(TestContext.Current.CancellationToken)).Outcome);
        Assert.False(ran);
        await Assert.ThrowsAsync<TaskCancelledException>(() => handle.GetResultJsonAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Running_its_token_fires_and_it_ends_cancelled()
    {
        var started = new TaskCompletionSource();
        await using var grid = await Grid.StartAsync(
            tasks => tasks.AddTask("wait", async (CancellationToken stop) =>
            {
                started.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            }),
            silos: 2);
        var handle = await grid.Tasks.SubmitAsync("wait");
        await started.Task.Within("the start of the task");

        var reply = await handle.CancelAsync(TestContext.Current.CancellationToken);

        Assert.Equal(CancelOutcome.Requested, reply.Outcome);
        Assert.Equal(TaskState.Cancelled, (await handle.FinalAsync()).State);
    }

    [Fact]
    public async Task A_handler_that_ends_well_all_the_same_has_succeeded()
    {
        var started = new TaskCompletionSource();
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("deaf", async (CancellationToken stop) =>
        {
            started.TrySetResult();
            var fired = new TaskCompletionSource();
            await using var registration = stop.Register(fired.SetResult);
            await fired.Task;
            return "done anyway";
        }));
        var handle = await grid.Tasks.SubmitAsync("deaf");
        await started.Task.Within("the start of the task");

        await handle.CancelAsync(TestContext.Current.CancellationToken);

        var snapshot = await handle.FinalAsync();
        Assert.Equal((TaskState.Succeeded, "\"done anyway\""), (snapshot.State, snapshot.Result.ToString()));
    }

    [Fact]
    public async Task Between_attempts_it_is_cancelled_at_once()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask(
            "broken", () => { throw new InvalidOperationException(); }, o => o.Backoff = Backoff.Fixed(TimeSpan.FromHours(1))));
        var handle = await grid.Tasks.SubmitAsync("broken");
        await Until.State(handle, TaskState.Retrying);

        Assert.Equal(CancelOutcome.Cancelled, (await handle.CancelAsync(TestContext.Current.CancellationToken)).Outcome);
    }
}
