using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_many_tasks_are_changed
{
    [Fact]
    public async Task Cancelling_by_tag_reaches_what_waits_and_what_runs()
    {
        var began = new TaskCompletionSource();
        var stopped = new TaskCompletionSource();
        await using var grid = await Grid.StartAsync(
            tasks => tasks.AddTask("hold", async (CancellationToken stop) =>
            {
                began.TrySetResult();
                stop.Register(() => stopped.TrySetResult());
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            }),
            silos: 2, slots: 1);
        var running = await grid.Tasks.SubmitAsync("hold", options: new() { Tags = ["batch-7"] });
        await began.Task.Within("the first began");
        var waiting = await SubmitAsync(grid, 500, new() { Tags = ["batch-7"], Queue = "default", Delay = TimeSpan.FromHours(1) });
        var other = await grid.Tasks.SubmitAsync("hold", options: new() { Delay = TimeSpan.FromHours(1) });

        var bulk = await grid.Bulk.CancelAsync(tag: "batch-7");
        Assert.Equal(501, (await bulk.WaitAsync(TestContext.Current.CancellationToken)).Done);
        await stopped.Task.Within("the running one was stopped");
        Assert.Equal(TaskState.Cancelled, (await running.FinalAsync()).State);
        foreach (var id in waiting)
        {
            Assert.Equal(TaskState.Cancelled, (await grid.Tasks.GetHandle(id).GetSnapshotAsync())!.State);
        }

        Assert.Equal(TaskState.Scheduled, (await other.GetSnapshotAsync())!.State);
    }

    [Fact]
    public async Task Purging_by_name_counts_what_it_took()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("a", () => { }).AddTask("b", () => { }));
        await grid.Queues.PauseAsync("default");
        await SubmitAsync(grid, 30, new(), "a");
        var kept = await SubmitAsync(grid, 20, new(), "b");
        var bulk = await grid.Bulk.PurgeAsync("default", task: "a");
        Assert.Equal(30, (await bulk.WaitAsync(TestContext.Current.CancellationToken)).Done);
        await grid.Queues.ResumeAsync("default");
        foreach (var id in kept)
        {
            Assert.Equal(TaskState.Succeeded, (await grid.Tasks.GetHandle(id).FinalAsync()).State);
        }
    }

    [Fact]
    public async Task Moving_takes_them_to_a_queue_where_they_run()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("a", () => { }));
        await grid.Queues.PauseAsync("default");
        var ids = await SubmitAsync(grid, 300, new(), "a");
        var bulk = await grid.Bulk.MoveAsync("default", "fast");
        Assert.Equal(300, (await bulk.WaitAsync(TestContext.Current.CancellationToken)).Done);
        foreach (var id in ids)
        {
            var done = await grid.Tasks.GetHandle(id).FinalAsync();
            Assert.Equal((TaskState.Succeeded, "fast"), (done.State, done.Queue));
        }
    }

    [Fact]
    public async Task Retrying_the_failed_ones_of_a_name_runs_them_again()
    {
        var broken = true;
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask(
            "flaky", () => { if (broken) { throw new FormatException("no"); } }, o => (o.MaxAttempts, o.KeepFailed) = (1, TimeSpan.FromDays(2))));
        var ids = await SubmitAsync(grid, 150, new(), "flaky");
        foreach (var id in ids)
        {
            Assert.Equal(TaskState.Failed, (await grid.Tasks.GetHandle(id).FinalAsync()).State);
        }

        broken = false;
        var bulk = await grid.Bulk.RetryAsync(task: "flaky");
        var through = await bulk.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(150, through.Done);
        foreach (var id in ids)
        {
            Assert.Equal(TaskState.Succeeded, (await grid.Tasks.GetHandle(id).FinalAsync()).State);
        }
    }

    [Fact]
    public async Task Forgetting_what_has_failed_with_some_words_leaves_the_rest()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("say", void (string words) => throw new FormatException(words), o => o.MaxAttempts = 1));
        var all = await Task.WhenAll(Enumerable.Range(0, 250).Select(i => grid.Tasks.SubmitAsync("say", new { words = i < 220 ? "no luck" : "no hope" })));
        foreach (var task in all)
        {
            Assert.Equal(TaskState.Failed, (await task.FinalAsync()).State);
        }

        var request = new BulkRequest { Action = BulkAction.Forget, Text = "No LUCK" };
        Assert.Equal(new(220, IsComplete: true), await grid.Bulk.CountAsync(request));
        var through = await (await grid.Bulk.BeginAsync(request)).WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(220, through.Done);
        Assert.Equal(request, through.Request);
        Assert.Equal(30, (await Task.WhenAll(all.Select(t => t.GetSnapshotAsync()))).Count(s => s is not null));
    }

    [Fact]
    public async Task Cancelling_over_a_filter_reaches_what_runs()
    {
        var began = new TaskCompletionSource();
        await using var grid = await Grid.StartAsync(
            tasks => tasks.AddTask("hold", async (string name, CancellationToken stop) =>
            {
                began.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            }),
            silos: 2, slots: 1);
        var running = await grid.Tasks.SubmitAsync("hold", new { name = "ann" });
        await began.Task.Within("the first began");
        var other = await grid.Tasks.SubmitAsync("hold", new { name = "bob" }, new() { Delay = TimeSpan.FromHours(1) });

        var bulk = await grid.Bulk.BeginAsync(new() { Action = BulkAction.Cancel, Task = "ho*", Text = "ann" });
        Assert.Equal(1, (await bulk.WaitAsync(TestContext.Current.CancellationToken)).Done);
        Assert.Equal(TaskState.Cancelled, (await running.FinalAsync()).State);
        Assert.Equal(TaskState.Scheduled, (await other.GetSnapshotAsync())!.State);
    }

    [Fact]
    public async Task A_request_that_does_not_say_which_is_refused()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("a", () => { }));
        await Assert.ThrowsAsync<TaskRefusedException>(() => grid.Bulk.CancelAsync());
        await Assert.ThrowsAsync<TaskRefusedException>(() => grid.Bulk.BeginAsync(new() { Action = BulkAction.Cancel, State = TaskState.Failed }));
        await Assert.ThrowsAsync<TaskRefusedException>(() => grid.Bulk.MoveAsync("q", "q"));
        Assert.Null(await grid.Bulk.GetHandle("never").GetSnapshotAsync());
    }

    private static async Task<List<string>> SubmitAsync(Grid grid, int count, SubmitOptions options, string task = "hold")
    {
        var replies = await grid.Tasks.SubmitBatchAsync([.. Enumerable.Range(0, count).Select(_ => TaskSubmission.Create(task, null, options))]);
        return [.. replies.Select(r => r.Snapshot!.Id)];
    }
}
