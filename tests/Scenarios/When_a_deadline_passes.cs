using TaskGrid.Testing;
using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_a_deadline_passes
{
    [Fact]
    public async Task A_running_task_fails_for_good_whatever_its_code_does()
    {
        var started = new TaskCompletionSource();
        var reason = new TaskCompletionSource<StopReason>();
        await using var grid = await TestGrid.StartAsync(tasks => tasks.AddTask("work", async (TaskContext context, CancellationToken stop) =>
        {
            started.SetResult();
            await stop.Fired();
            reason.SetResult(context.StopReason);
            return $"{context.DeadlineAt}";
        }));

        var handle = await grid.Tasks.SubmitAsync("work", options: new() { DeadlineAfter = TimeSpan.FromHours(1), MaxAttempts = TaskSettings.Forever });
        await started.Task.Within("the start of the task");

        var (most, rest) = (TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(1));
        await grid.AdvanceAsync(most);
        Assert.Equal(TaskState.Running, (await handle.GetSnapshotAsync(TestContext.Current.CancellationToken))!.State);
        await grid.AdvanceAsync(rest);
        var snapshot = await handle.FinalAsync();

        Assert.Equal((TaskState.Failed, ErrorCodes.DeadlineExceeded, 1), (snapshot.State, snapshot.Error!.Type, snapshot.Attempt));
        // The store's clock is put forward a moment after the attempt's, which may be over in between.
        Assert.True(snapshot.FinishedAt >= snapshot.DeadlineAt - rest, $"failed {snapshot.DeadlineAt - snapshot.FinishedAt} too early");
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
        var begun = new TaskCompletionSource();
        var fail = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var grid = await Grid.StartAsync(
            tasks => tasks
                .AddTask(
                    "broken",
                    async () =>
                    {
                        begun.TrySetResult();
                        await fail.Task;
                        throw new IOException("broken");
                    },
                    o => o.Backoff = Backoff.Fixed(TimeSpan.FromMilliseconds(50)))
                .AddTask("gate", () => release.Task),
            slots: 1);
        var handle = await grid.Tasks.SubmitAsync("broken", options: new() { DeadlineAfter = TimeSpan.FromSeconds(10) });
        await begun.Task.Within("the start of the first attempt");
        // It waits for the only slot before the first attempt ends, so the retry, whenever it is due, finds it taken.
        var gate = await grid.Tasks.SubmitAsync("gate", options: new() { Priority = 9 });
        fail.SetResult();

        var snapshot = await handle.FinalAsync();

        Assert.Equal((TaskState.Failed, ErrorCodes.DeadlineExceeded, 1), (snapshot.State, snapshot.Error!.Type, snapshot.Attempt));
        Assert.Equal("broken", snapshot.Attempts[^1].Error.Message);
        Assert.True(snapshot.FinishedAt >= snapshot.DeadlineAt);
        release.SetResult();
        Assert.Equal(TaskState.Succeeded, (await gate.FinalAsync()).State);
    }
}
