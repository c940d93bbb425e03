using Microsoft.Extensions.DependencyInjection;
using TaskGrid.Testing;
using Xunit;

namespace TaskGrid.Scenarios;

/// <summary>The grid of TaskGrid.Testing: no Redis, and hours that take no time.</summary>
public sealed class When_a_grid_is_tested
{
    [Fact]
    public async Task Its_clock_makes_delayed_tasks_due()
    {
        await using var grid = await TestGrid.StartAsync(tasks => tasks.AddTask("add", (int x, int y) => x + y));
        var handle = await grid.Tasks.SubmitAsync<int>("add", new { x = 2, y = 3 }, new() { Delay = TimeSpan.FromDays(30) });

        await grid.AdvanceAsync(TimeSpan.FromDays(29));
        await grid.DrainAsync();
        Assert.Equal(TaskState.Scheduled, (await handle.GetSnapshotAsync(TestContext.Current.CancellationToken))!.State);
        await grid.AdvanceAsync(TimeSpan.FromDays(1));
        await grid.DrainAsync();

        var snapshot = (await handle.GetSnapshotAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal((TaskState.Succeeded, "5"), (snapshot.State, snapshot.Result.ToString()));
        Assert.InRange(snapshot.FinishedAt!.Value - snapshot.CreatedAt, TimeSpan.FromDays(30), TimeSpan.FromDays(30.1));
    }

    [Fact]
    public async Task Its_clock_lets_retries_run_one_after_the_other()
    {
        var attempts = 0;
        await using var grid = await TestGrid.StartAsync(tasks => tasks.AddTask(
            "flaky",
            (TaskContext context) => Interlocked.Increment(ref attempts) < 4 ? throw new TimeoutException() : context.Attempt,
            o => (o.MaxAttempts, o.Backoff) = (5, Backoff.Fixed(TimeSpan.FromHours(6)))));
        var handle = await grid.Tasks.SubmitAsync<int>("flaky");

        for (var expected = 1; expected <= 4; expected++)
        {
            await grid.DrainAsync();
            Assert.Equal(expected, attempts);
            await grid.AdvanceAsync(TimeSpan.FromHours(6));
        }

        Assert.Equal(4, await handle.GetResultAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Its_clock_lets_what_waits_expire()
    {
        await using var grid = await TestGrid.StartAsync(tasks => tasks.AddTask("late", () => { }));
        var handle = await grid.Tasks.SubmitAsync("late", options: new() { Delay = TimeSpan.FromHours(2), ExpiresAfter = TimeSpan.FromHours(1) });

        await grid.AdvanceAsync(TimeSpan.FromHours(1));

        var snapshot = (await handle.GetSnapshotAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal((TaskState.Cancelled, "expired"), (snapshot.State, snapshot.Reason));
    }

    [Fact]
    public async Task A_jump_of_its_clock_interrupts_nothing_that_runs()
    {
        var started = new TaskCompletionSource();
        var end = new TaskCompletionSource();
        await using var grid = await TestGrid.StartAsync(tasks => tasks.AddTask("long", async (TaskContext context, CancellationToken stop) =>
        {
            started.TrySetResult();
            await end.Task.WaitAsync(stop);
            return $"{context.Attempt} {context.StopReason}";
        }));
        var handle = await grid.Tasks.SubmitAsync<string>("long");
        await started.Task.Within("the start of the task");

        await grid.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.Contains("runs attempt 1", (await Assert.ThrowsAsync<TimeoutException>(() => grid.DrainAsync(timeout: TimeSpan.Zero))).Message, StringComparison.Ordinal);
        end.SetResult();

        Assert.Equal("1 None", await handle.GetResultAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, (await handle.GetSnapshotAsync(TestContext.Current.CancellationToken))!.Interruptions);
    }

    [Fact]
    public async Task Its_clock_ends_attempts_at_their_limits()
    {
        var started = new TaskCompletionSource();
        await using var grid = await TestGrid.StartAsync(tasks => tasks.AddTask(
            "slow",
            async (CancellationToken stop) =>
            {
                started.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            },
            o => (o.MaxAttempts, o.TimeLimit) = (1, TimeSpan.FromHours(1))));
        var handle = await grid.Tasks.SubmitAsync("slow");
        await started.Task.Within("the start of the task");

        await grid.AdvanceAsync(TimeSpan.FromMinutes(59));
        Assert.Equal(TaskState.Running, (await handle.GetSnapshotAsync(TestContext.Current.CancellationToken))!.State);
        await grid.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal((TaskState.Failed, ErrorCodes.TimeLimitExceeded), ((await handle.FinalAsync()).State, (await handle.FinalAsync()).Error!.Type));
    }

    [Fact]
    public async Task A_handler_can_wait_by_its_clock()
    {
        var started = new TaskCompletionSource();
        await using var grid = await TestGrid.StartAsync(tasks => tasks.AddTask(
            "wait",
            async ([FromKeyedServices(TaskGridTime.Key)] TimeProvider time, CancellationToken stop) =>
            {
                var delay = Task.Delay(TimeSpan.FromHours(1), time, stop);
                started.TrySetResult();
                await delay;
            }));
        var handle = await grid.Tasks.SubmitAsync("wait");
        await started.Task.Within("the start of the task");

        await grid.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.Equal(TaskState.Succeeded, (await handle.FinalAsync()).State);
    }

    [Fact]
    public async Task It_knows_what_was_submitted_by_whom_and_drains_what_follows()
    {
        await using var grid = await TestGrid.StartAsync(tasks => tasks
            .AddTask("parent", async (ITaskClient client) =>
            {
                await client.SubmitBatchAsync([.. Enumerable.Range(0, 20).Select(i => TaskSubmission.Create("child", new { i }))]);
            })
            .AddTask("child", (int i, TaskContext context) => $"{i} {context.ParentId}"));
        var parent = await grid.Tasks.SubmitAsync("parent", options: new() { Id = "p" });
        await grid.Tasks.SubmitAsync("parent", options: new() { Id = "p" });
        await Assert.ThrowsAsync<TaskRefusedException>(() => grid.Tasks.SubmitAsync("absent"));

        await grid.DrainAsync();

        Assert.Equal(["parent", .. Enumerable.Repeat("child", 20)], grid.Submissions.All.Select(s => s.Task));
        Assert.All(grid.Submissions.Named("child"), s => Assert.Equal(parent.Id, s.Options.ParentId));
        foreach (var submission in grid.Submissions.All)
        {
            Assert.Equal(TaskState.Succeeded, (await grid.Tasks.GetHandle(submission.Options.Id!).GetSnapshotAsync(TestContext.Current.CancellationToken))!.State);
        }
    }

    [Fact]
    public async Task It_drains_one_queue_while_another_is_busy()
    {
        var started = new TaskCompletionSource();
        await using var grid = await TestGrid.StartAsync(tasks => tasks
            .AddTask("endless", async (CancellationToken stop) =>
            {
                started.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            })
            .AddTask("mail", () => { }, o => o.Queue = "mail"));
        await grid.Tasks.SubmitAsync("endless");
        await started.Task.Within("the start of the endless task");
        var handle = await grid.Tasks.SubmitAsync("mail");

        await grid.DrainAsync("mail");

        Assert.Equal(TaskState.Succeeded, (await handle.GetSnapshotAsync(TestContext.Current.CancellationToken))!.State);
    }

    [Fact]
    public async Task Two_of_them_have_nothing_to_do_with_each_other()
    {
        await using var first = await TestGrid.StartAsync(tasks => tasks.AddTask("who", () => "first"));
        await using var second = await TestGrid.StartAsync(tasks => tasks.AddTask("who", () => "second"));

        var handle = await first.Tasks.SubmitAsync<string>("who");

        Assert.Equal("first", await handle.GetResultAsync(TestContext.Current.CancellationToken));
        Assert.Null(await second.Tasks.GetHandle(handle.Id).GetSnapshotAsync(TestContext.Current.CancellationToken));
        second.Submissions.AssertEmpty();
    }
}
