using System.Collections.Concurrent;
using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_a_handler_reports_progress
{
    /// <summary>Less than 250 ms after the report before, so that the store has not got it yet.</summary>
    [Fact]
    public async Task Whoever_asks_gets_what_it_has_just_said()
    {
        var say = new TaskCompletionSource();
        var said = new TaskCompletionSource();
        var end = new TaskCompletionSource();
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("count", async (TaskContext context) =>
        {
            context.ReportProgress(1);
            await say.Task;
            for (var i = 2; i <= 100; i++)
            {
                context.ReportProgress(i);
            }

            said.SetResult();
            await end.Task;
        }));
        var handle = await grid.Tasks.SubmitAsync("count");
        await Until.True(async () => (await handle.GetSnapshotAsync())!.Progress is not null, "it has reported");
        say.SetResult();
        await said.Task.Within("the reports");
        Assert.Equal("100", (await handle.GetSnapshotAsync())!.Progress.ToString());
        end.SetResult();
        Assert.Equal("100", (await handle.FinalAsync()).Progress.ToString());
    }

    /// <summary>The grains of these tasks are held on the first silo by whoever waits there for them, and their attempts run on both.</summary>
    [Fact]
    public async Task Its_grain_asks_the_silo_that_runs_it()
    {
        const int n = 8;
        var go = new TaskCompletionSource();
        var end = new TaskCompletionSource();
        var told = new ConcurrentBag<string>();
        await using var grid = await Grid.StartAsync(
            tasks => tasks.AddTask("count", async (TaskContext context) =>
            {
                context.ReportProgress("begun");
                await go.Task;
                context.ReportProgress("between");
                context.ReportProgress("newest");
                told.Add(context.TaskId);
                await end.Task;
            }),
            silos: 2, slots: n / 2);
        await grid.Queues.PauseAsync("default");
        var handles = await Task.WhenAll(Enumerable.Range(0, n).Select(_ => grid.Tasks.SubmitAsync("count")));
        var waiting = handles.Select(h => h.FinalAsync()).ToList();
        await grid.Queues.ResumeAsync("default");
        foreach (var handle in handles)
        {
            await Until.True(async () => (await handle.GetSnapshotAsync())!.Progress is not null, "it has reported");
        }

        go.SetResult();
        await Until.True(() => Task.FromResult(told.Count == n), "all have reported");
        var snapshots = await Task.WhenAll(handles.Select(h => h.GetSnapshotAsync()));
        Assert.Equal(2, snapshots.Select(s => s!.Worker).Distinct().Count());
        Assert.All(snapshots, s => Assert.Equal("\"newest\"", s!.Progress.ToString()));
        end.SetResult();
        await Task.WhenAll(waiting);
    }
}
