using TaskGrid.Testing;
using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_heartbeats_are_expected
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromHours(1);

    [Fact]
    public async Task An_attempt_that_gives_no_sign_of_life_has_failed_and_is_retried()
    {
        var started = new TaskCompletionSource();
        var reason = new TaskCompletionSource<StopReason>();
        await using var grid = await TestGrid.StartAsync(tasks => tasks.AddTask(
            "silent",
            async (TaskContext context, CancellationToken stop) =>
            {
                if (context.Attempt == 1)
                {
                    started.SetResult();
                    await stop.Fired();
                    reason.SetResult(context.StopReason);
                }
            },
            o =>
            {
                o.HeartbeatTimeout = s_timeout;
                o.Backoff = Backoff.Fixed(TimeSpan.FromMilliseconds(10));
            }));

        var handle = await grid.Tasks.SubmitAsync("silent");
        await started.Task.Within("the start of the first attempt");

        await grid.AdvanceAsync(s_timeout);
        var snapshot = await handle.FinalAsync();

        Assert.Equal((TaskState.Succeeded, 2), (snapshot.State, snapshot.Attempt));
        Assert.Equal(ErrorCodes.HeartbeatTimeout, Assert.Single(snapshot.Attempts).Error.Type);
        Assert.Equal(StopReason.HeartbeatTimeout, await reason.Task);
    }

    [Theory]
    [InlineData("heartbeat")]
    [InlineData("progress")]
    public async Task An_attempt_that_gives_one_in_time_runs_as_long_as_it_likes(string sign)
    {
        const int steps = 10;
        using var signs = new SemaphoreSlim(0);
        using var next = new SemaphoreSlim(0);
        await using var grid = await TestGrid.StartAsync(tasks => tasks.AddTask(
            "alive",
            async (string how, TaskContext context, CancellationToken stop) =>
            {
                for (var step = 0; step < steps; step++)
                {
                    if (how == "progress")
                    {
                        context.ReportProgress(step);
                    }
                    else
                    {
                        context.Heartbeat();
                    }

                    signs.Release();
                    await next.WaitAsync(stop);
                }
            },
            o => o.HeartbeatTimeout = s_timeout));
        var handle = await grid.Tasks.SubmitAsync("alive", new { how = sign });

        for (var step = 0; step < steps; step++)
        {
            await signs.WaitAsync(TestContext.Current.CancellationToken).Within($"sign of life {step}");
            await grid.AdvanceAsync(0.75 * s_timeout);
            next.Release();
        }

        var snapshot = await handle.FinalAsync();
        Assert.Equal((TaskState.Succeeded, 1), (snapshot.State, snapshot.Attempt));
        Assert.True(snapshot.FinishedAt - snapshot.StartedAt >= steps * 0.75 * s_timeout, $"it ran for {snapshot.FinishedAt - snapshot.StartedAt}");
    }
}
