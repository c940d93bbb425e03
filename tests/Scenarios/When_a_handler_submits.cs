using System.Diagnostics;
using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_a_handler_submits
{
    [Fact]
    public async Task Its_tasks_know_their_parent_and_root()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks
            .AddTask("child", async (ITaskClient client) => (await client.SubmitAsync("grandchild")).Id)
            .AddTask("grandchild", (TaskContext context) => $"{context.ParentId} {context.RootId}")
            .AddTask("blocking", (ITaskClient client) => client.SubmitBatchAsync([TaskSubmission.Create("grandchild")]).GetAwaiter().GetResult()[0].Snapshot!.Id)
            .AddTask("first", async (ITaskClient client, ITaskContextAccessor accessor) => $"{(await client.SubmitAsync("child")).Id} {accessor.TaskContext!.TaskId}"));
        var first = await grid.Tasks.SubmitAsync<string>("first");

        var words = (await first.GetResultAsync(TestContext.Current.CancellationToken)).Split(' ');
        var child = await grid.Tasks.GetHandle(words[0]).FinalAsync();
        var grandchild = await grid.Tasks.GetHandle(child.Result!.Value.As<string>()!).FinalAsync();

        Assert.Equal(first.Id, words[1]);
        Assert.Equal((null, null), (first.Accepted!.ParentId, first.Accepted.RootId));
        Assert.Equal((first.Id, first.Id), (child.ParentId, child.RootId));
        Assert.Equal((child.Id, first.Id), (grandchild.ParentId, grandchild.RootId));
        Assert.Equal($"{child.Id} {first.Id}", grandchild.Result!.Value.As<string>());

        var blocking = await (await grid.Tasks.SubmitAsync("blocking")).FinalAsync();
        Assert.Equal(blocking.Id, (await grid.Tasks.GetHandle(blocking.Result!.Value.As<string>()!).FinalAsync()).ParentId);
    }

    [Fact]
    public async Task All_of_it_is_one_trace()
    {
        using var request = new Activity("request").Start();
        var ended = new List<Activity>();
        var done = new TaskCompletionSource();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TaskGridTelemetry.ActivitySourceName,
            Sample = (ref options) => options.Parent.TraceId == request.TraceId ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = activity =>
            {
                lock (ended)
                {
                    ended.Add(activity);
                    if (ended.Count == 4)
                    {
                        done.SetResult();
                    }
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var grid = await Grid.StartAsync(tasks => tasks
            .AddTask("outer", async (ITaskClient client) => { await client.SubmitAsync("inner"); })
            .AddTask("inner", () => Activity.Current?.Id));

        await grid.Tasks.SubmitAsync("outer");
        await done.Task.Within("the end of four activities");

        Assert.All(ended, a => Assert.Equal(request.TraceId, a.TraceId));
        var byName = ended.ToDictionary(a => a.DisplayName);
        Assert.Equal(request.SpanId, byName["send outer"].ParentSpanId);
        Assert.Equal(byName["send outer"].SpanId, byName["process outer"].ParentSpanId);
        Assert.Equal(byName["process outer"].SpanId, byName["send inner"].ParentSpanId);
        Assert.Equal(byName["send inner"].SpanId, byName["process inner"].ParentSpanId);
    }
}
