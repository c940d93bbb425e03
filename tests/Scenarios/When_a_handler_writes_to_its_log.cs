using Microsoft.Extensions.DependencyInjection;
using TaskGrid.Storage;
using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_a_handler_writes_to_its_log
{
    [Fact]
    public async Task Its_lines_can_be_read_while_it_runs_and_those_of_all_attempts_afterwards()
    {
        var go = new TaskCompletionSource();
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask(
            "talk",
            async (TaskContext context) =>
            {
                context.Log($"attempt {context.Attempt} begins");
                if (context.Attempt == 1)
                {
                    await go.Task;
                    context.Log("and fails");
                    throw new IOException();
                }

                context.Log(new string('x', 3000));
            },
            o => o.Backoff = Backoff.Fixed(TimeSpan.FromMilliseconds(10))));
        var store = grid.ServicesOf(0).GetRequiredService<TaskStore>();
        var handle = await grid.Tasks.SubmitAsync("talk");

        await Until.True(async () => (await store.ReadLogAsync(handle.Id)).Lines.Count == 1, "the first line is stored");
        go.SetResult();
        await handle.FinalAsync();

        var lines = (await store.ReadLogAsync(handle.Id)).Lines;
        Assert.Equal(["attempt 1 begins", "and fails", "attempt 2 begins", new string('x', 2000)], lines.Select(l => l[(l.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
        Assert.All(lines, l => Assert.EndsWith("Z", l.Split(' ')[0], StringComparison.Ordinal));
    }

    /// <summary>The last lines are written when the attempt is over, while others may still be on their way.</summary>
    [Fact]
    public async Task Its_lines_keep_their_order_however_soon_it_is_over()
    {
        const int N = 2000;
        var silence = new[] { 0, 1, 3, 10, 30, 100 };
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("talk", (int pause, TaskContext context) =>
        {
            context.Log("first");
            Thread.SpinWait(pause);
            context.Log("second");
            return Task.CompletedTask;
        }));
        var store = grid.ServicesOf(0).GetRequiredService<TaskStore>();
        var replies = await grid.Tasks.SubmitBatchAsync([.. Enumerable.Range(0, N).Select(i => TaskSubmission.Create("talk", new { pause = silence[i % silence.Length] }))]);

        foreach (var id in replies.Select(r => r.Snapshot!.Id))
        {
            await grid.Tasks.GetHandle(id).FinalAsync();
            Assert.Equal(["first", "second"], (await store.ReadLogAsync(id)).Lines.Select(l => l.Split(' ')[1]));
        }
    }

    /// <summary>Lines wait up to 250 ms for the next write: those that waited when the attempt was over go before its outcome.</summary>
    [Fact]
    public async Task What_it_wrote_before_it_was_over_is_kept_and_what_it_writes_later_is_not()
    {
        var (go, said, release, ended) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask(
            "deaf",
            async (TaskContext context) =>
            {
                context.Log("first");
                await go.Task;
                context.Log("second");
                said.SetResult();
                await release.Task;
                context.Log("too late");
                ended.SetResult();
            },
            o => o.CancelTimeout = TimeSpan.Zero));
        var store = grid.ServicesOf(0).GetRequiredService<TaskStore>();
        var handle = await grid.Tasks.SubmitAsync("deaf");
        await Until.True(async () => (await store.ReadLogAsync(handle.Id)).Lines.Count == 1, "the first line is stored");
        go.SetResult();
        await said.Task.Within("the second line");

        await handle.CancelAsync(TestContext.Current.CancellationToken);
        Assert.Equal(TaskState.Cancelled, (await handle.FinalAsync()).State);
        release.SetResult();
        await ended.Task.Within("the end of the code");

        var lines = (await store.ReadLogAsync(handle.Id)).Lines;
        Assert.Equal(["first", "second"], lines.Select(l => l.Split(' ')[1]));
    }
}
