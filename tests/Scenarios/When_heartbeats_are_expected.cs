using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_heartbeats_are_expected
{
    [Fact]
    public async Task An_attempt_that_gives_no_sign_of_life_has_failed_and_is_retried()
    {
        var reason = new TaskCompletionSource<StopReason>();
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask(
            "silent",
            async (TaskContext context, CancellationToken stop) =>
            {
                if (context.Attempt == 1)
                {
                    await stop.Fired();
                    reason.SetResult(context.StopReason);
                }
            },
            o =>
            {
                o.HeartbeatTimeout = TimeSpan.FromSeconds(1);
                o.Backoff = Backoff.Fixed(TimeSpan.FromMilliseconds(10));
            }));

        var snapshot = await (await grid.Tasks.SubmitAsync("silent")).FinalAsync();

        Assert.Equal((TaskState.Succeeded, 2), (snapshot.State, snapshot.Attempt));
        Assert.Equal(ErrorCodes.HeartbeatTimeout, Assert.Single(snapshot.Attempts).Error.Type);
        Assert.Equal(StopReason.HeartbeatTimeout, await reason.Task);
    }

    [Theory]
    [InlineData("heartbeat")]
    [InlineData("progress")]
    public async Task An_attempt_that_gives_one_in_time_runs_as_long_as_it_likes(string sign)
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask(
            "alive",
            async (string how, TaskContext context, TimeProvider time, CancellationToken stop) =>
            {
                for (var step = 0; step < 10; step++)
                {
                    if (how == "progress")
                    {
                        context.ReportProgress(step);
                    }
                    else
                    {
                        context.Heartbeat();
                    }

                    await Task.Delay(TimeSpan.FromMilliseconds(250), time, stop);
                }
            },
            o => o.HeartbeatTimeout = TimeSpan.FromSeconds(1)));

        var snapshot = await (await grid.Tasks.SubmitAsync("alive", new { how = sign })).FinalAsync();

        Assert.Equal((TaskState.Succeeded, 1), (snapshot.State, snapshot.Attempt));
        Assert.True(snapshot.FinishedAt - snapshot.StartedAt > TimeSpan.FromSeconds(2));
    }
}
