using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_a_deadline_passes
{
    [Fact]
    public async Task A_running_task_fails_for_good_whatever_its_code_does()
    {
        var reason = new TaskCompletionSource<StopReason>();
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("work", async (TaskContext context, CancellationToken stop) =>
        {
            await stop.Fired();
            reason.SetResult(context.StopReason);
            return $"{context.DeadlineAt}";
        }));

        var snapshot = await (await grid.Tasks.SubmitAsync("work", options: new() { DeadlineAfter = TimeSpan.FromMilliseconds(500), MaxAttempts = TaskSettings.Forever })).FinalAsync();

        Assert.Equal((TaskState.Failed, ErrorCodes.DeadlineExceeded, 1), (snapshot.State, snapshot.Error!.Type, snapshot.Attempt));
        Assert.True(snapshot.FinishedAt >= snapshot.DeadlineAt, $"failed {snapshot.DeadlineAt - snapshot.FinishedAt} too early");
        Assert.Equal(StopReason.Deadline, await reason.Task);
    }

    [Fact]
    public async Task It_counts_across_attempts_and_no_retry_is_begun_after_it()
    {
        var starts = 0;
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask(
            "broken",
            () =>
            {
                starts++;
                throw new IOException("still broken");
            },
            o =>
            {
                o.MaxAttempts = TaskSettings.Forever;
                o.Backoff = Backoff.Explicit(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(10));
            }));

        var snapshot = await (await grid.Tasks.SubmitAsync("broken", options: new() { DeadlineAfter = TimeSpan.FromMinutes(1) })).FinalAsync();

        // The third retry would come due nine minutes too late: the task fails at once, with its own error.
        Assert.Equal((TaskState.Failed, "still broken"), (snapshot.State, snapshot.Error!.Message));
        Assert.Equal((3, 3), (snapshot.Attempt, starts));
        Assert.True(snapshot.FinishedAt < snapshot.DeadlineAt, $"it waited for its deadline, {snapshot.DeadlineAt:O}, until {snapshot.FinishedAt:O}");
        // By the store's clock, as the deadline is: the code itself begins a moment after its lease.
        Assert.True(snapshot.StartedAt < snapshot.DeadlineAt, $"the last attempt began at {snapshot.StartedAt:O}, the deadline was {snapshot.DeadlineAt:O}");
    }

    [Fact]
    public async Task A_task_that_waits_for_its_retry_fails_by_itself()
    {
        var occupied = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var grid = await Grid.StartAsync(
            tasks => tasks
                .AddTask("broken", () => { throw new IOException("broken"); }, o => o.Backoff = Backoff.Fixed(TimeSpan.FromMilliseconds(500)))
                .AddTask("gate", async () => { occupied.SetResult(); await release.Task; }),
            slots: 1);
        var handle = await grid.Tasks.SubmitAsync("broken", options: new() { DeadlineAfter = TimeSpan.FromSeconds(3) });
        await Until.State(handle, TaskState.Retrying);
        var gate = await grid.Tasks.SubmitAsync("gate", options: new() { Priority = 9 });
        await occupied.Task.Within("the occupation of the only slot");

        var snapshot = await handle.FinalAsync();

        Assert.Equal((TaskState.Failed, ErrorCodes.DeadlineExceeded), (snapshot.State, snapshot.Error!.Type));
        Assert.Equal("broken", snapshot.Attempts[^1].Error.Message);
        Assert.True(snapshot.FinishedAt >= snapshot.DeadlineAt);
        release.SetResult();
        Assert.Equal(TaskState.Succeeded, (await gate.FinalAsync()).State);
    }
}
