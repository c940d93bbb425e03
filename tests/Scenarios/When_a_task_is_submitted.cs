using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_a_task_is_submitted
{
    [Fact]
    public async Task It_runs_and_its_result_can_be_asked_for()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("add", (int x, int y) => x + y));

        var handle = await grid.Tasks.SubmitAsync<int>("add", new { x = 2, y = 3 }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(5, await handle.GetResultAsync(TestContext.Current.CancellationToken));
        var snapshot = await handle.FinalAsync();
        Assert.Equal((TaskState.Succeeded, 1, 0), (snapshot.State, snapshot.Attempt, snapshot.Interruptions));
        Assert.True(snapshot.CreatedAt <= snapshot.StartedAt && snapshot.StartedAt <= snapshot.FinishedAt);
    }

    [Fact]
    public async Task Any_silo_can_be_asked_whichever_ran_it()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("add", (int x, int y) => x + y), silos: 3);

        var handles = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => grid.ClientOn(i % 3).SubmitAsync<int>("add", new { x = i, y = 1 })));

        for (var i = 0; i < handles.Length; i++)
        {
            Assert.Equal(i + 1, await grid.ClientOn((i + 1) % 3).GetHandle<int>(handles[i].Id).GetResultAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task The_same_id_and_content_is_the_same_task_and_runs_once()
    {
        var runs = 0;
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("count", (string _) => Interlocked.Increment(ref runs)), silos: 2);

        var handles = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            grid.ClientOn(i % 2).SubmitAsync<int>("count", new { _ = "a" }, new() { Id = "one" })));

        await handles[0].FinalAsync();
        Assert.All(handles, h => Assert.Equal("one", h.Id));
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task The_same_id_with_other_content_is_refused()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("add", (int x, int y) => x + y));
        await grid.Tasks.SubmitAsync("add", new { x = 2, y = 3 }, new() { Id = "one" }, TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<TaskRefusedException>(() => grid.Tasks.SubmitAsync("add", new { x = 2, y = 4 }, new() { Id = "one" }));

        Assert.Equal(ErrorCodes.TaskExists, refused.Code);
    }

    [Fact]
    public async Task A_name_that_no_silo_runs_is_refused()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("add", (int x, int y) => x + y));

        var refused = await Assert.ThrowsAsync<TaskRefusedException>(() => grid.Tasks.SubmitAsync("subtract", new { x = 1 }));

        Assert.Equal(ErrorCodes.UnknownTask, refused.Code);
    }

    [Fact]
    public async Task A_batch_is_accepted_and_refused_item_by_item()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("add", (int x, int y) => x + y));

        var replies = await grid.Tasks.SubmitBatchAsync(
            [TaskSubmission.Create("add", new { x = 1, y = 2 }), TaskSubmission.Create("add", new { x = 1 }), TaskSubmission.Create("nope"), TaskSubmission.Create("add", new[] { 3, 4 })],
            TestContext.Current.CancellationToken);

        Assert.Equal([null, ErrorCodes.InvalidArguments, ErrorCodes.UnknownTask, null], replies.Select(r => r.Refusal?.Code));
        Assert.Equal(7, await grid.Tasks.GetHandle<int>(replies[3].Snapshot!.Id).GetResultAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_id_that_was_never_submitted_is_not_found()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("add", (int x, int y) => x + y));
        var handle = grid.Tasks.GetHandle("never");

        Assert.Null(await handle.GetSnapshotAsync(TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<TaskNotFoundException>(() => handle.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(CancelOutcome.NotFound, (await handle.CancelAsync(TestContext.Current.CancellationToken)).Outcome);
    }

    [Fact]
    public async Task Arguments_larger_than_travel_with_a_lease_arrive_whole()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("length", (string text) => text.Length), silos: 2);

        var handles = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => grid.Tasks.SubmitAsync<int>("length", new { text = new string('x', 100_000 + i) })));

        Assert.Equal(Enumerable.Range(100_000, 8), await Task.WhenAll(handles.Select(h => h.GetResultAsync())));
    }
}
