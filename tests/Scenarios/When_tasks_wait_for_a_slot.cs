using System.Collections.Concurrent;
using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_tasks_wait_for_a_slot
{
    [Fact]
    public async Task Priority_9_comes_first_and_within_a_priority_the_order_of_submits()
    {
        var gate = new TaskCompletionSource();
        var blocked = new TaskCompletionSource();
        var order = new ConcurrentQueue<string>();
        await using var grid = await Grid.StartAsync(
            tasks => tasks
                .AddTask("gate", async () => { blocked.SetResult(); await gate.Task; })
                .AddTask("note", async (string name) => { order.Enqueue(name); await Task.Yield(); })
                .AddTask("other", async (string name) => { order.Enqueue(name); await Task.Yield(); }),
            slots: 1);
        var first = await grid.Tasks.SubmitAsync("gate");
        await blocked.Task.Within("the slot's occupation");

        var handles = new List<TaskHandle>();
        foreach (var (name, task, priority) in new[] { ("a5", "note", 5), ("b5", "other", 5), ("c0", "note", 0), ("d9", "other", 9), ("e5", "note", 5), ("f9", "note", 9), ("g0", "other", 0) })
        {
            handles.Add(await grid.Tasks.SubmitAsync(task, new { name }, new() { Priority = priority }));
        }

        gate.SetResult();
        await Task.WhenAll(handles.Append(first).Select(h => h.FinalAsync()));

        Assert.Equal(["d9", "f9", "a5", "b5", "e5", "c0", "g0"], order);
    }

    [Fact]
    public async Task A_task_does_not_start_before_its_due_instant()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("now", () => "ran"));

        var handles = new[]
        {
            await grid.Tasks.SubmitAsync("now", options: new() { Delay = TimeSpan.FromSeconds(1.5) }),
            await grid.Tasks.SubmitAsync("now", options: new() { DueAt = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(10) }),
            await grid.Tasks.SubmitAsync("now", options: new() { DueAt = DateTimeOffset.UnixEpoch }),
        };

        Assert.Equal([TaskState.Scheduled, TaskState.Scheduled, TaskState.Queued], handles.Select(h => h.Accepted!.State));
        foreach (var handle in handles)
        {
            var snapshot = await handle.FinalAsync();
            Assert.True(snapshot.StartedAt >= snapshot.DueAt, $"started {snapshot.DueAt - snapshot.StartedAt} too early");
            // Not left to the reminder, which comes after a minute.
            Assert.True(snapshot.StartedAt - (snapshot.DueAt > snapshot.CreatedAt ? snapshot.DueAt : snapshot.CreatedAt) < TimeSpan.FromSeconds(30));
        }
    }

    [Fact]
    public async Task Handlers_that_block_do_not_keep_the_silo_from_answering()
    {
        using var release = new ManualResetEventSlim();
        using var blocked = new CountdownEvent(48);
        await using var grid = await Grid.StartAsync(
            tasks => tasks.AddTask("block", () => { blocked.Signal(); release.Wait(); }).AddTask("add", (int x, int y) => x + y), slots: 50);
        var handles = await Task.WhenAll(Enumerable.Range(0, 48).Select(_ => grid.Tasks.SubmitAsync("block")));
        await Task.Run(() => blocked.Wait(TimeSpan.FromSeconds(60))).Within("the blocking of 48 handlers");

        var sums = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i => await (await grid.Tasks.SubmitAsync<int>("add", new { x = i, y = i })).GetResultAsync()));

        Assert.Equal(Enumerable.Range(0, 100).Select(i => 2 * i), sums);
        release.Set();
        await Task.WhenAll(handles.Select(h => h.FinalAsync()));
    }

    [Fact]
    public async Task Progress_can_be_read_while_it_runs_and_its_last_value_afterwards()
    {
        var go = new TaskCompletionSource();
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("count", async (TaskContext context) =>
        {
            context.ReportProgress(new { current = 1, total = 2 });
            await go.Task;
            context.ReportProgress(new { current = 2, total = 2 });
        }));
        var handle = await grid.Tasks.SubmitAsync("count");
        TaskSnapshot? snapshot;
        do
        {
            snapshot = await Until.State(handle, TaskState.Running);
        }
        while (snapshot.Progress is null);

        Assert.Equal("""{"current":1,"total":2}""", snapshot.Progress.ToString());
        go.SetResult();
        Assert.Equal("""{"current":2,"total":2}""", (await handle.FinalAsync()).Progress.ToString());
    }
}
