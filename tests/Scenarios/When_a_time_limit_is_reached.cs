using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TaskGrid.Testing;
using TaskGrid.Workers;
using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_a_time_limit_is_reached
{
    [Fact]
    public async Task The_soft_one_is_seen_by_the_handler_which_may_still_succeed()
    {
        var started = new TaskCompletionSource();
        await using var grid = await TestGrid.StartAsync(tasks => tasks.AddTask(
            "tidy",
            async (TaskContext context, CancellationToken stop) =>
            {
                var before = context.StopReason;
                started.SetResult();
                await stop.Fired();
                return $"{before} {context.StopReason}";
            },
            o => o.SoftTimeLimit = TimeSpan.FromHours(1)));
        var handle = await grid.Tasks.SubmitAsync("tidy");
        await started.Task.Within("the start of the task");

        await grid.AdvanceAsync(TimeSpan.FromHours(1));
        var snapshot = await handle.FinalAsync();

        Assert.Equal((TaskState.Succeeded, 1, "\"None SoftTimeLimit\""), (snapshot.State, snapshot.Attempt, snapshot.Result.ToString()));
    }

    [Fact]
    public async Task A_handler_that_ends_by_cancellation_at_the_soft_one_has_failed_and_is_retried()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask(
            "slow",
            async (TaskContext context, CancellationToken stop) =>
            {
                if (context.Attempt == 1)
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
                }
            },
            o =>
            {
                o.SoftTimeLimit = TimeSpan.FromMilliseconds(100);
                o.TimeLimit = TimeSpan.FromMinutes(10);
                o.Backoff = Backoff.Fixed(TimeSpan.FromMilliseconds(10));
            }));

        var snapshot = await (await grid.Tasks.SubmitAsync("slow")).FinalAsync();

        Assert.Equal((TaskState.Succeeded, 2), (snapshot.State, snapshot.Attempt));
        var error = Assert.Single(snapshot.Attempts).Error;
        Assert.Equal(ErrorCodes.TimeLimitExceeded, error.Type);
        Assert.Contains("soft", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_hard_one_ends_the_attempt_of_code_that_ignores_it_and_its_result_is_refused()
    {
        var release = new TaskCompletionSource();
        var seen = new TaskCompletionSource<StopReason>();
        using var log = new LineLog();
        await using var grid = await Grid.StartAsync(tasks =>
        {
            log.AddTo(tasks);
            tasks.AddTask(
                "deaf",
                async (TaskContext context) =>
                {
                    await release.Task;
                    context.ReportProgress("late");
                    seen.SetResult(context.StopReason);
                    return "late";
                },
                o => o.TimeLimit = TimeSpan.FromMilliseconds(300));
        });
        var slots = grid.ServicesOf(0).GetRequiredService<Slots>();

        var snapshot = await (await grid.Tasks.SubmitAsync("deaf", options: new() { MaxAttempts = 1 })).FinalAsync();

        Assert.Equal((TaskState.Failed, ErrorCodes.TimeLimitExceeded), (snapshot.State, snapshot.Error!.Type));
        Assert.Equal((1, 1), (slots.Leaked, slots.Running));
        var warning = await log.LineAsync("its code still runs");
        Assert.StartsWith($"Warning: Task {snapshot.Id} (deaf) of queue default: attempt 1 is over (TimeLimit)", warning, StringComparison.Ordinal);
        await Until.True(async () => (await grid.BeatsAsync()).Single().EndsWith(" 16 1 1", StringComparison.Ordinal), "the silo's beat tells of its leaked slot");

        release.SetResult();

        Assert.StartsWith("Information: ", await log.LineAsync("has ended after"), StringComparison.Ordinal);
        Assert.Equal((0, StopReason.TimeLimit), (slots.Leaked, await seen.Task));
        await Until.True(() => Task.FromResult(slots.Running == 0), "the slot is free again");
        Assert.Equal(1, log.Count("its code still runs"));
        var later = await grid.Tasks.GetHandle(snapshot.Id).GetSnapshotAsync(TestContext.Current.CancellationToken);
        Assert.Equal((snapshot.Version, null, null), (later!.Version, later.Result, later.Progress));
    }

    [Fact]
    public async Task Code_that_listens_to_the_hard_one_leaves_nothing_behind()
    {
        var started = new TaskCompletionSource();
        // It stands still until it is moved: the second after which code counts as leaked does not pass before this code has ended.
        var time = new FakeTimeProvider();
        using var log = new LineLog();
        await using var grid = await Grid.StartAsync(
            tasks =>
            {
                log.AddTo(tasks);
                TestGrid.RunAttemptsBy(time, tasks.Services);
                tasks.AddTask(
                    "listens",
                    async (CancellationToken stop) =>
                    {
                        started.SetResult();
                        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
                    },
                    o => o.TimeLimit = TimeSpan.FromMinutes(1));
                tasks.AddTask("add", (int x, int y) => x + y);
            },
            slots: 1);
        var handle = await grid.Tasks.SubmitAsync("listens", options: new() { MaxAttempts = 1 });
        await started.Task.Within("the start of the task");

        time.Advance(TimeSpan.FromMinutes(1));
        var snapshot = await handle.FinalAsync();
        await (await grid.Tasks.SubmitAsync("add", new { x = 1, y = 2 })).FinalAsync();
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal((TaskState.Failed, ErrorCodes.TimeLimitExceeded), (snapshot.State, snapshot.Error!.Type));
        Assert.Equal(0, grid.ServicesOf(0).GetRequiredService<Slots>().Leaked);
        Assert.Equal(0, log.Count("leaked"));
    }

    [Fact]
    public async Task Its_next_attempt_runs_on_another_silo_while_the_old_code_blocks()
    {
        using var release = new ManualResetEventSlim();
        var started = new TaskCompletionSource();
        var time = new TestTime();
        await using var grid = await Grid.StartAsync(
            tasks =>
            {
                TestGrid.RunAttemptsBy(time, tasks.Services);
                tasks.AddTask(
                    "block",
                    (TaskContext context) =>
                    {
                        if (context.Attempt == 1)
                        {
                            started.SetResult();
                            release.Wait();
                        }
                    },
                    o =>
                    {
                        o.TimeLimit = TimeSpan.FromMinutes(1);
                        o.Backoff = Backoff.Fixed(TimeSpan.FromMilliseconds(50));
                    });
            },
            silos: 2);
        var handle = await grid.Tasks.SubmitAsync("block");
        await started.Task.Within("the start of the first attempt");

        time.Advance(TimeSpan.FromMinutes(1));
        var snapshot = await handle.FinalAsync();

        Assert.Equal((TaskState.Succeeded, 2), (snapshot.State, snapshot.Attempt));
        Assert.NotEqual(snapshot.Attempts[0].Worker, snapshot.Worker);
        Assert.Equal(1, Enumerable.Range(0, 2).Sum(i => grid.ServicesOf(i).GetRequiredService<Slots>().Leaked));
        release.Set();
    }

    [Fact]
    public async Task Its_next_attempt_runs_beside_the_old_code_when_there_is_no_other_silo()
    {
        var started = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var grid = await TestGrid.StartAsync(tasks => tasks.AddTask(
            "deaf",
            async (TaskContext context) =>
            {
                if (context.Attempt == 1)
                {
                    started.SetResult();
                    await release.Task;
                }
            },
            o =>
            {
                o.TimeLimit = TimeSpan.FromHours(1);
                o.Backoff = Backoff.Fixed(TimeSpan.FromMilliseconds(50));
            }));
        var handle = await grid.Tasks.SubmitAsync("deaf");
        await started.Task.Within("the start of the first attempt");

        await grid.AdvanceAsync(TimeSpan.FromHours(1));
        var snapshot = await handle.FinalAsync();

        Assert.Equal((TaskState.Succeeded, 2), (snapshot.State, snapshot.Attempt));
        // Accepted, failed once and finished is version 13, each return adds 4: it was left to other silos three times.
        Assert.True(snapshot.Version >= 25, $"its version is {snapshot.Version}");
        Assert.Equal(1, grid.Services.GetRequiredService<Slots>().Leaked);
        release.SetResult();
    }
}
