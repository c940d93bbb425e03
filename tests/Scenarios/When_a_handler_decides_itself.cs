using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_a_handler_decides_itself
{
    [Fact]
    public async Task It_is_retried_after_the_pause_it_asked_for_and_the_attempt_counts()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask(
            "busy",
            (TaskContext context) => context.Attempt == 1 ? throw new RetryTaskException(TimeSpan.FromSeconds(1), new IOException("busy")) : context.Attempt,
            o =>
            {
                o.Backoff = Backoff.Fixed(TimeSpan.FromHours(1));
                o.NeverRetryOn = ["System.IO.IOException"];
            }));

        var snapshot = await (await grid.Tasks.SubmitAsync("busy")).FinalAsync();
        var last = await (await grid.Tasks.SubmitAsync("busy", options: new() { MaxAttempts = 1 })).FinalAsync();

        Assert.Equal((TaskState.Succeeded, 2), (snapshot.State, snapshot.Attempt));
        var failed = Assert.Single(snapshot.Attempts);
        Assert.Equal(("System.IO.IOException", "busy"), (failed.Error.Type, failed.Error.Message));
        Assert.True(snapshot.StartedAt - failed.StartedAt >= TimeSpan.FromSeconds(1));
        Assert.Equal((TaskState.Failed, "busy"), (last.State, last.Error!.Message));
    }

    [Fact]
    public async Task It_is_snoozed_as_often_as_it_asks_and_no_attempt_is_counted()
    {
        var attempts = new List<int>();
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("later", (TaskContext context) =>
        {
            attempts.Add(context.Attempt);
            return attempts.Count < 4 ? throw new SnoozeTaskException(TimeSpan.FromMilliseconds(100)) : "done";
        }));

        var snapshot = await (await grid.Tasks.SubmitAsync("later", options: new() { MaxAttempts = 1 })).FinalAsync();

        Assert.Equal((TaskState.Succeeded, 1, 0), (snapshot.State, snapshot.Attempt, snapshot.Interruptions));
        Assert.Equal([1, 1, 1, 1], attempts);
        Assert.Empty(snapshot.Attempts);
    }

    [Fact]
    public async Task A_snoozed_task_is_scheduled_and_can_be_cancelled()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("later", () => { throw new SnoozeTaskException(TimeSpan.FromHours(1)); }));
        var handle = await grid.Tasks.SubmitAsync("later");

        await Until.True(async () => (await handle.GetSnapshotAsync(TestContext.Current.CancellationToken))!.DueAt is not null, "the task is snoozed");

        Assert.Equal(TaskState.Scheduled, (await handle.GetSnapshotAsync(TestContext.Current.CancellationToken))!.State);
        Assert.Equal(CancelOutcome.Cancelled, (await handle.CancelAsync(TestContext.Current.CancellationToken)).Outcome);
    }

    [Theory]
    [InlineData(Delivery.AtLeastOnce)]
    [InlineData(Delivery.AtMostOnce)]
    public async Task It_goes_back_when_it_is_rejected_however_it_is_delivered(Delivery delivery)
    {
        var attempts = new List<int>();
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("not_here", (TaskContext context) =>
        {
            attempts.Add(context.Attempt);
            return attempts.Count < 2 ? throw new RejectTaskException() : "done";
        }));

        var snapshot = await (await grid.Tasks.SubmitAsync("not_here", options: new() { MaxAttempts = 1, Delivery = delivery })).FinalAsync();

        Assert.Equal((TaskState.Succeeded, 1, 0), (snapshot.State, snapshot.Attempt, snapshot.Interruptions));
        Assert.Equal([1, 1], attempts);
        // Accepted, leased and finished is version 9, each return adds 4: another silo was asked before this one had it again.
        Assert.True(snapshot.Version >= 17, $"its version is {snapshot.Version}");
    }

    [Fact]
    public async Task It_runs_on_another_silo_when_one_rejects_it()
    {
        var workers = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        await using var grid = await Grid.StartAsync(
            tasks => tasks.AddTask("not_here", (TaskContext context, ILocalSiloDetails silo) =>
            {
                workers.AddOrUpdate(silo.SiloAddress.ToParsableString(), 1, (_, n) => n + 1);
                return workers.Count < 2 ? throw new RejectTaskException() : "done";
            }),
            silos: 2);

        Assert.Equal(TaskState.Succeeded, (await (await grid.Tasks.SubmitAsync("not_here")).FinalAsync()).State);

        Assert.Equal(2, workers.Count);
    }

    [Theory]
    [InlineData("no-longer_needed.", "no-longer_needed.")]
    [InlineData("because I say so", "requested")]
    public async Task It_is_cancelled_for_its_own_reason(string given, string reason)
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("obsolete", (string why) => { throw new CancelTaskException(why); }));

        var snapshot = await (await grid.Tasks.SubmitAsync("obsolete", new { why = given })).FinalAsync();

        Assert.Equal((TaskState.Cancelled, reason), (snapshot.State, snapshot.Reason));
        Assert.Null(snapshot.Error);
    }

    [Fact]
    public async Task A_pause_out_of_bounds_fails_it_for_good()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("odd", (double days) => { throw new SnoozeTaskException(TimeSpan.FromDays(days)); }));

        var snapshot = await (await grid.Tasks.SubmitAsync("odd", new { days = -1 })).FinalAsync();

        Assert.Equal((TaskState.Failed, ErrorCodes.InvalidDelay, 1), (snapshot.State, snapshot.Error!.Type, snapshot.Attempt));
        Assert.Contains("-1.00:00:00", snapshot.Error.Message, StringComparison.Ordinal);
    }
}
