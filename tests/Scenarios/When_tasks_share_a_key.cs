using System.Collections.Concurrent;
using TaskGrid.Testing;
using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_tasks_share_a_key
{
    private readonly ConcurrentQueue<string> _ran = [];

    [Fact]
    public async Task An_idempotency_key_is_one_task_and_with_other_content_refused()
    {
        await using var grid = await StartAsync();
        var first = await grid.Tasks.SubmitAsync("note", new { text = "a" }, new() { IdempotencyKey = "order-7" });
        var again = await grid.Tasks.SubmitAsync("note", new { text = "a" }, new() { IdempotencyKey = "order-7" });
        Assert.Equal(first.Id, again.Id);
        var refused = await Assert.ThrowsAsync<TaskRefusedException>(() => grid.Tasks.SubmitAsync("note", new { text = "b" }, new() { IdempotencyKey = "order-7" }));
        Assert.Equal(ErrorCodes.IdempotencyKeyReused, refused.Code);
        await grid.DrainAsync();
        await grid.Tasks.SubmitAsync("note", new { text = "a" }, new() { IdempotencyKey = "order-7" });
        await grid.DrainAsync();
        Assert.Equal(["a"], _ran);
    }

    [Fact]
    public async Task A_unique_one_stands_for_the_others_while_it_waits_or_runs()
    {
        var begun = new TaskCompletionSource();
        var end = new TaskCompletionSource();
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("sync", async () =>
        {
            begun.TrySetResult();
            await end.Task;
        }));
        var options = new SubmitOptions { Deduplication = Deduplication.Unique("account:7") };
        await grid.Queues.PauseAsync("default");
        var first = await grid.Tasks.SubmitAsync("sync", options: options);
        Assert.Equal(first.Id, (await grid.Tasks.SubmitAsync("sync", options: options)).Id);
        Assert.NotEqual(first.Id, (await grid.Tasks.SubmitAsync("sync", options: options with { Deduplication = Deduplication.Unique("account:8") })).Id);
        await grid.Queues.ResumeAsync("default");
        await begun.Task.Within("the beginning");
        Assert.Equal(first.Id, (await grid.Tasks.SubmitAsync("sync", options: options)).Id);
        end.SetResult();
        await first.FinalAsync();
        var next = await grid.Tasks.SubmitAsync("sync", options: options);
        Assert.NotEqual(first.Id, next.Id);
        await next.FinalAsync();
    }

    [Fact]
    public async Task The_first_of_a_throttle_stands_for_all_of_its_period_also_when_it_has_ended()
    {
        await using var grid = await StartAsync();
        var options = new SubmitOptions { Deduplication = Deduplication.Throttle("report", TimeSpan.FromHours(1)) };
        var first = await grid.Tasks.SubmitAsync("note", new { text = "first" }, options);
        await grid.DrainAsync();
        Assert.Equal(first.Id, (await grid.Tasks.SubmitAsync("note", new { text = "second" }, options)).Id);
        await grid.DrainAsync();
        Assert.Equal(["first"], _ran);
    }

    /// <summary>A throttle's period is kept by the store's real clock, which no test moves.</summary>
    [Fact]
    public async Task After_its_period_another_one_is_the_first()
    {
        await using var grid = await StartAsync();
        var options = new SubmitOptions { Deduplication = Deduplication.Throttle("report", TimeSpan.FromSeconds(1)) };
        var first = await grid.Tasks.SubmitAsync("note", new { text = "first" }, options);
        await grid.DrainAsync();
        await Until.True(async () => (await grid.Tasks.SubmitAsync("note", new { text = "next" }, options)).Id != first.Id, "another one is accepted");
        await grid.DrainAsync();
        Assert.Equal(["first", "next"], _ran);
    }

    [Fact]
    public async Task The_last_of_a_debounce_replaces_the_others_and_waits_its_period_anew()
    {
        await using var grid = await StartAsync();
        var options = new SubmitOptions { Deduplication = Deduplication.Debounce("index:7", TimeSpan.FromMinutes(5)) };
        var first = await grid.Tasks.SubmitAsync("note", new { text = "first" }, options);
        await grid.AdvanceAsync(TimeSpan.FromMinutes(4));
        await grid.Tasks.SubmitAsync("note", new { text = "last" }, options);
        await grid.AdvanceAsync(TimeSpan.FromMinutes(4));
        await grid.DrainAsync();
        Assert.Empty(_ran);
        var replaced = (await first.GetSnapshotAsync())!;
        Assert.Equal((TaskState.Cancelled, "replaced"), (replaced.State, replaced.Reason));
        await grid.AdvanceAsync(TimeSpan.FromMinutes(1));
        await grid.DrainAsync();
        Assert.Equal(["last"], _ran);
    }

    [Fact]
    public async Task Keep_last_runs_the_newest_after_the_one_that_runs_and_none_between()
    {
        var begun = new TaskCompletionSource();
        var end = new TaskCompletionSource();
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("render", async (string text) =>
        {
            _ran.Enqueue(text);
            begun.TrySetResult();
            await end.Task;
        }));
        var options = new SubmitOptions { Deduplication = Deduplication.KeepLast("page:7") };
        var running = await grid.Tasks.SubmitAsync("render", new { text = "running" }, options);
        await begun.Task.Within("the beginning");
        var between = await grid.Tasks.SubmitAsync("render", new { text = "between" }, options);
        var last = await grid.Tasks.SubmitAsync("render", new { text = "last" }, options);
        Assert.Equal("replaced", (await between.FinalAsync()).Reason);
        Assert.Equal(TaskState.Queued, (await last.GetSnapshotAsync())!.State);
        end.SetResult();
        await running.FinalAsync();
        await last.FinalAsync();
        Assert.Equal(["running", "last"], _ran);
    }

    private Task<TestGrid> StartAsync() => TestGrid.StartAsync(tasks => tasks.AddTask("note", (string text) => _ran.Enqueue(text)));
}
