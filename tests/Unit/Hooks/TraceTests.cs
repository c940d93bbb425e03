using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TaskGrid.Unit.Client;

namespace TaskGrid.Unit.Hooks;

/// <summary>Activities, from the submit to the end of the handler.</summary>
public sealed class TraceTests
{
    private readonly StubGrid _grid = new();
    private readonly List<Activity> _ended = [];

    [Fact]
    public async Task Submit_AndAttempt_AreOneTrace()
    {
        using var request = new Activity("request").Start();
        using var listener = Listen(request.TraceId);

        var handle = await Client().SubmitAsync("greet");
        var inside = await ProcessAsync(_ => Task.FromResult(Activity.Current!.OperationName));

        Assert.Equal("\"process task\"", inside);
        var (send, process) = (_ended[0], _ended[1]);
        Assert.Equal(("send greet", ActivityKind.Producer, request.SpanId), (send.DisplayName, send.Kind, send.ParentSpanId));
        Assert.Equal((ActivityKind.Consumer, send.SpanId, request.TraceId), (process.Kind, process.ParentSpanId, process.TraceId));
        Assert.True(process.HasRemoteParent);
        Assert.Equal(
            (handle.Id, "default", "taskgrid", "send"),
            (send.GetTagItem("messaging.message.id"), send.GetTagItem("messaging.destination.name"), send.GetTagItem("messaging.system"), send.GetTagItem("messaging.operation.name")));
        Assert.Equal(("id-1", 1, "process"), (process.GetTagItem("messaging.message.id"), process.GetTagItem("taskgrid.attempt"), process.GetTagItem("messaging.operation.name")));
    }

    [Fact]
    public async Task Attempt_WithoutASubmittersTrace_IsNoChildOfWhatStartedTheWorker()
    {
        using var worker = new Activity("worker").Start();
        using var listener = Listen(trace: null);

        Activity? process = null;
        await PipelineRun.RunAsync(_ => { }, _ =>
        {
            process = Activity.Current;
            return Task.FromResult("done");
        });

        Assert.Equal(("process task", default), (process!.DisplayName, process.ParentSpanId));
        Assert.NotEqual(worker.TraceId, process.TraceId);
        Assert.Same(worker, Activity.Current);
    }

    [Fact]
    public async Task Attempt_NobodyListens_HasNoActivity()
    {
        using var worker = new Activity("worker").Start();

        var current = await PipelineRun.RunAsync(_ => { }, _ => Task.FromResult($"{Activity.Current?.OperationName}"), origin: new() { TraceParent = worker.Id });

        Assert.DoesNotContain("worker", current, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attempt_ThatThrows_IsAnError()
    {
        using var request = new Activity("request").Start();
        using var listener = Listen(request.TraceId);

        await Assert.ThrowsAsync<FormatException>(() => ProcessAsync(_ => throw new FormatException("odd"), request.Id));

        var process = Assert.Single(_ended);
        Assert.Equal((ActivityStatusCode.Error, "System.FormatException", "odd"), (process.Status, process.GetTagItem("error.type"), process.StatusDescription));
        Assert.Equal("exception", Assert.Single(process.Events).Name);
    }

    [Fact]
    public async Task Attempt_ThatSnoozes_IsNoError()
    {
        using var request = new Activity("request").Start();
        using var listener = Listen(request.TraceId);

        await Assert.ThrowsAsync<SnoozeTaskException>(() => ProcessAsync(_ => throw new SnoozeTaskException(TimeSpan.FromHours(1)), request.Id));

        Assert.Equal(ActivityStatusCode.Unset, Assert.Single(_ended).Status);
    }

    [Fact]
    public async Task Submit_Refused_IsAnError()
    {
        using var request = new Activity("request").Start();
        using var listener = Listen(request.TraceId);
        _grid.Unknown.Add("greet");

        await Assert.ThrowsAsync<TaskRefusedException>(() => Client().SubmitAsync("greet"));
        await Client().SubmitBatchAsync([TaskSubmission.Create("greet"), TaskSubmission.Create("other")]);

        Assert.Equal(
            ["send greet unknown_task", "send greet unknown_task", "send other "],
            _ended.Select(a => $"{a.DisplayName} {a.GetTagItem("error.type")}").Order(StringComparer.Ordinal));
        Assert.All(_ended, a => Assert.Equal(request.SpanId, a.ParentSpanId));
    }

    private Task<string> ProcessAsync(Func<TaskExecution, Task<string>> handler, string? traceParent = null) =>
        PipelineRun.RunAsync(_ => { }, handler, origin: new() { TraceParent = traceParent ?? _grid.Single.Options.TraceParent });

    // Other tests submit and run at the same time: only what belongs to this one's trace is kept, unless it is to see its own at once.
    private ActivityListener Listen(ActivityTraceId? trace)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TaskGridTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                trace is null || options.Parent.TraceId == trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = activity =>
            {
                lock (_ended)
                {
                    _ended.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private ITaskClient Client() => new ServiceCollection()
        .AddSingleton(_grid.Grains).AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddTaskClient()
        .BuildServiceProvider().GetRequiredService<ITaskClient>();
}
