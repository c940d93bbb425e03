using System.Collections.Concurrent;
using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_a_queue_is_looked_after
{
    [Fact]
    public async Task A_paused_queue_starts_nothing_until_it_is_resumed()
    {
        var ran = new TaskCompletionSource<string>();
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("note", (string text) => { ran.TrySetResult(text); }));
        await grid.Queues.PauseAsync("default", TestContext.Current.CancellationToken);
        var paused = await grid.Tasks.SubmitAsync("note", new { text = "paused" });
        var other = await grid.Tasks.SubmitAsync<string>("note", new { text = "other" }, new() { Queue = "other" });
        await other.FinalAsync();
        Assert.Equal("other", await ran.Task);
        Assert.True((await grid.Queues.GetAsync("default")).IsPaused);
        Assert.Equal(TaskState.Queued, (await paused.GetSnapshotAsync())!.State);
        await grid.Queues.ResumeAsync("default");
        Assert.Equal(TaskState.Succeeded, (await paused.FinalAsync()).State);
    }

    [Fact]
    public async Task A_limit_that_is_lowered_and_raised_holds_at_once()
    {
        var gate = new Gate();
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("hold", (string id, CancellationToken stop) => gate.PassAsync(id, stop)), silos: 2);
        await grid.Queues.ConfigureAsync("default", new() { Limits = new(2) });
        for (var i = 0; i < 6; i++)
        {
            await grid.Tasks.SubmitAsync("hold", new { id = $"t{i}" });
        }

        await gate.ReachedAsync(2);
        await grid.Queues.ConfigureAsync("default", new() { Limits = new(4) });
        await gate.ReachedAsync(4);
        await grid.Queues.ConfigureAsync("default", new() { Limits = new(1) });
        gate.Open("t0");
        gate.Open("t1");
        gate.Open("t2");
        gate.Open("t3");
        await gate.ReachedAsync(5);
        Assert.Equal(1, gate.Inside);
        gate.Open("t4");
        await gate.ReachedAsync(6);
        gate.Open("t5");
        Assert.Equal(4, gate.Most);
    }

    [Fact]
    public async Task A_rate_may_have_any_period()
    {
        var limits = new Limits(Rate: new(1000, TimeSpan.FromSeconds(5)));
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("note", () => { }));
        await grid.Queues.ConfigureAsync("slow", new() { Limits = limits });
        Assert.Equal(limits, (await grid.Queues.GetAsync("slow")).Settings?.Limits);
        var handle = await grid.Tasks.SubmitAsync("note", options: new() { Queue = "slow" });
        Assert.Equal(TaskState.Succeeded, (await handle.FinalAsync()).State);
    }

    [Fact]
    public async Task A_task_that_waits_can_be_moved_hastened_and_put_off()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("note", () => { }));
        var later = await grid.Tasks.SubmitAsync("note", options: new() { Delay = TimeSpan.FromHours(1) });
        Assert.Equal(ChangeOutcome.Changed, await later.ChangeAsync(new() { DueAt = DateTimeOffset.UnixEpoch, Queue = "other" }));
        var done = await later.FinalAsync();
        Assert.Equal((TaskState.Succeeded, "other"), (done.State, done.Queue));
        Assert.Equal(ChangeOutcome.AlreadyFinished, await later.ChangeAsync(new() { Priority = 9 }));
        Assert.Equal(ChangeOutcome.NotFound, await grid.Tasks.GetHandle("never").ChangeAsync(new() { Priority = 9 }));
        var refused = await Assert.ThrowsAsync<TaskRefusedException>(() => later.ChangeAsync(new() { Queue = "a b" }));
        Assert.Equal(ErrorCodes.InvalidQueue, refused.Code);
    }

    [Fact]
    public async Task A_failed_task_can_be_retried_by_hand_and_then_forgotten()
    {
        var broken = true;
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask(
            "flaky", (TaskContext context) => broken ? throw new FormatException("no") : context.Attempt, o => (o.MaxAttempts, o.Backoff) = (2, Backoff.Fixed(TimeSpan.Zero))));
        var handle = await grid.Tasks.SubmitAsync<int>("flaky");
        Assert.Equal((TaskState.Failed, 2), ((await handle.FinalAsync()).State, (await handle.FinalAsync()).Attempt));
        broken = false;
        Assert.Equal(ChangeOutcome.Changed, await handle.RetryAsync());
        Assert.Equal(3, await handle.GetResultAsync(TestContext.Current.CancellationToken));
        Assert.Equal(2, (await handle.FinalAsync()).Attempts.Count);
        Assert.Equal(ChangeOutcome.NotFailed, await handle.RetryAsync());
        Assert.Equal(ChangeOutcome.Changed, await handle.ForgetAsync());
        Assert.Null(await handle.GetSnapshotAsync());
    }

    [Fact]
    public async Task A_declared_queue_has_its_settings_from_the_start()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("note", () => { }).AddQueue("mail", new() { Defaults = new() { MaxAttempts = 7 }, Limits = new(2) }));
        Assert.Equal(2, (await grid.Queues.GetAsync("mail")).Settings!.Limits!.Concurrency);
        Assert.Equal(7, (await grid.Tasks.SubmitAsync("note", options: new() { Queue = "mail" })).Accepted!.MaxAttempts);
    }

    [Fact]
    public async Task Bad_settings_are_refused_with_their_place()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("note", () => { }));
        var refused = await Assert.ThrowsAsync<TaskRefusedException>(() => grid.Queues.ConfigureAsync("q", new() { Defaults = new() { TimeLimit = TimeSpan.Zero } }));
        Assert.Equal((ErrorCodes.InvalidOption, "defaults.timeLimit"), (refused.Code, refused.Refusal.Field));
        refused = await Assert.ThrowsAsync<TaskRefusedException>(() => grid.Queues.ConfigureAsync("q", new() { KeyLimits = new Dictionary<string, Limits> { ["k"] = new(0) } }));
        Assert.Equal("keyLimits.k", refused.Refusal.Field);
        Assert.Null((await grid.Queues.GetAsync("q")).Settings);
    }

    /// <summary>Where handlers wait until they are let through, and what is the most that were inside at once.</summary>
    private sealed class Gate
    {
        private readonly ConcurrentDictionary<string, TaskCompletionSource> _doors = new();
        private readonly SemaphoreSlim _entered = new(0);
        private readonly Lock _lock = new();
        private int _reached;

        public int Inside { get; private set; }

        public int Most { get; private set; }

        public async Task PassAsync(string id, CancellationToken stop)
        {
            lock (_lock)
            {
                Most = Math.Max(Most, ++Inside);
            }

            _entered.Release();
            await Door(id).Task.WaitAsync(stop);
            lock (_lock)
            {
                Inside--;
            }
        }

        public void Open(string id) => Door(id).TrySetResult();

        public async Task ReachedAsync(int count)
        {
            for (; _reached < count; _reached++)
            {
                await _entered.WaitAsync(TestContext.Current.CancellationToken).Within($"handler {_reached + 1} began");
            }
        }

        private TaskCompletionSource Door(string id) => _doors.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
    }
}
