using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_silos_serve_some_queues
{
    [Fact]
    public async Task A_silo_takes_only_from_the_queues_that_its_settings_name()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("note", () => { }), settings: [("TaskGrid:Queues", "mail,report-*")]);
        var other = await grid.Tasks.SubmitAsync("note");
        foreach (var queue in (string[])["mail", "report-daily"])
        {
            Assert.Equal(TaskState.Succeeded, (await (await grid.Tasks.SubmitAsync("note", options: new() { Queue = queue })).FinalAsync()).State);
        }

        Assert.Equal(TaskState.Queued, (await other.GetSnapshotAsync())!.State);
        Assert.Equal(["mail", "report-*"], Assert.Single(await grid.Workers.ListAsync()).Queues);
    }

    [Fact]
    public async Task A_worker_is_drained_and_takes_tasks_again_without_a_restart()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("note", async () => { await Task.Yield(); }), silos: 2, slots: 2);
        await RunAsync(20);
        var workers = await grid.Workers.ListAsync();
        Assert.Equal(2, workers.Count);
        Assert.All(workers, w => Assert.Equal((2, 0), (w.Slots, w.Leaked)));

        Assert.True(await grid.Workers.ServeAsync(workers[0].Worker, []));
        // What it had asked for before may still come to it.
        await RunAsync(20);
        Assert.All(await RunAsync(50), w => Assert.Equal(workers[1].Worker, w));

        Assert.True(await grid.Workers.ServeAsync(workers[0].Worker, ["*"]));
        Assert.True(await grid.Workers.ServeAsync(workers[1].Worker, []));
        await RunAsync(20);
        Assert.All(await RunAsync(50), w => Assert.Equal(workers[0].Worker, w));

        Assert.False(await grid.Workers.ServeAsync("127.0.0.1:1@1~1", ["*"]));
        await Assert.ThrowsAsync<TaskRefusedException>(() => grid.Workers.ServeAsync(workers[0].Worker, ["a b"]));

        async Task<List<string>> RunAsync(int count)
        {
            var handles = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => grid.Tasks.SubmitAsync("note")));
            return [.. (await Task.WhenAll(handles.Select(h => h.FinalAsync()))).Select(s => s.Worker!)];
        }
    }
}
