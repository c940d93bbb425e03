using Microsoft.Extensions.DependencyInjection;
using TaskGrid.Testing;

namespace TaskGrid.Unit.Testing;

public sealed class TaskRunTests
{
    [GridTask("greet", Queue = "mail", MaxAttempts = 2)]
    public sealed record Greet(string Name) : IGridTask<string>;

    public sealed class Book
    {
        public List<string> Names { get; } = [];
    }

    public sealed class GreetHandler(Book book, ITaskClient tasks) : ITaskHandler<Greet, string>
    {
        public async Task<string> RunAsync(Greet args, TaskContext context, CancellationToken cancellationToken)
        {
            book.Names.Add(args.Name);
            context.ReportProgress(new { done = 0.5 });
            context.Heartbeat();
            context.Log("greeted");
            await tasks.SubmitAsync("audit", new { args.Name }, cancellationToken: cancellationToken);
            return $"Hello {args.Name} from {context.Queue}, {context.Attempt} of {context.MaxAttempts}, {context.Headers.GetValueOrDefault("tenant")}";
        }
    }

    [Fact]
    public async Task Run_AHandlerClass_GivesWhatItReturnedAndTold()
    {
        var book = new Book();
        await using var run = TaskRun.Of<Greet, GreetHandler>(grid => grid.Services.AddSingleton(book));
        var context = new TestTaskContext { TaskId = "t", Attempt = 2, Headers = new Dictionary<string, string> { ["tenant"] = "7" } };

        var outcome = await run.RunAsync(new Greet("Ada"), context, TestContext.Current.CancellationToken);

        Assert.Equal((AttemptVerdict.Succeeded, "Hello Ada from mail, 2 of 2, 7"), (outcome.Verdict, outcome.ResultAs<string>()));
        Assert.Equal(["Ada"], book.Names);
        Assert.Equal(("""{"done":0.5}""", "greeted", 2), (Assert.Single(context.Progress).ToString(), Assert.Single(context.Lines), context.Heartbeats));
        Assert.Equal(("""{"name":"Ada"}""", "t"), (run.Submissions.AssertSubmitted("audit").Args.ToString(), run.Submissions.All[0].Options.ParentId));
    }

    [Fact]
    public async Task Run_ADelegate_BindsItsArguments()
    {
        await using var run = TaskRun.Of((int x, int y, TaskContext context) => x + y + context.Token);

        Assert.Equal(6, (await run.RunAsync(new { x = 2, y = 3 })).ResultAs<int>());
        Assert.Equal(12, (await run.RunAsync(new[] { 2, 3 }, new() { Token = 7 })).ResultAs<int>());
        Assert.Equal("args.y", (await Assert.ThrowsAsync<TaskRefusedException>(() => run.RunAsync(new { x = 2 }))).Refusal.Field);
    }

    [Fact]
    public async Task Run_ATaskOfTheApplication_HasItsOptionsAndMiddleware()
    {
        await using var run = TaskRun.Named("flaky", grid => grid
            .AddTask("flaky", () => { throw new TimeoutException("slow"); }, o => (o.MaxAttempts, o.Backoff) = (2, Backoff.Exponential(TimeSpan.FromSeconds(3))))
            .AddTask("other", () => { })
            .Use(async (execution, next) =>
            {
                execution.Context.Log("around");
                await next(execution);
            }));

        var first = await run.RunAsync();
        var second = await run.RunAsync(context: new() { Attempt = 2 });

        Assert.Equal((AttemptVerdict.Retrying, TimeSpan.FromSeconds(3), "System.TimeoutException"), (first.Verdict, first.NextIn, first.Error?.Type));
        Assert.Equal((AttemptVerdict.Failed, null, "slow"), (second.Verdict, second.NextIn, second.Error?.Message));
        Assert.Equal(["around"], first.Context.Lines);
        Assert.IsType<TimeoutException>(first.Exception);
        Assert.Contains("slow", Assert.Throws<TaskAssertionException>(() => first.ResultAs<int>()).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => TaskRun.Named("absent", _ => { }));
    }

    public static TheoryData<Exception, AttemptVerdict, TimeSpan?, string?, string?> Thrown => new()
    {
        { new RetryTaskException(TimeSpan.FromHours(2), new FormatException("odd")), AttemptVerdict.Retrying, TimeSpan.FromHours(2), "System.FormatException", null },
        { new SnoozeTaskException(TimeSpan.FromHours(3)), AttemptVerdict.Snoozed, TimeSpan.FromHours(3), null, null },
        { new CancelTaskException("outdated"), AttemptVerdict.Cancelled, null, null, "outdated" },
        { new RejectTaskException(), AttemptVerdict.Interrupted, null, null, null },
        { new PermanentFailureException("no use"), AttemptVerdict.Failed, null, "TaskGrid.PermanentFailureException", null },
        { new FormatException("odd"), AttemptVerdict.Failed, null, "System.FormatException", null },
        { new OperationCanceledException(), AttemptVerdict.Retrying, TimeSpan.FromSeconds(1), "System.OperationCanceledException", null },
    };

    [Theory]
    [MemberData(nameof(Thrown), DisableDiscoveryEnumeration = true)]
    public async Task Run_WhatTheHandlerThrows_IsWhatTheGridWouldMakeOfIt(Exception thrown, AttemptVerdict verdict, TimeSpan? nextIn, string? error, string? reason)
    {
        await using var run = TaskRun.Named("task", grid => grid.AddTask("task", () => { throw thrown; }, o => o.NeverRetryOn = ["System.FormatException"]));

        var outcome = await run.RunAsync();

        Assert.Equal((verdict, nextIn, error, reason), (outcome.Verdict, outcome.NextIn, outcome.Error?.Type, outcome.Reason));
    }

    [Theory]
    [InlineData(StopReason.CancelRequested, AttemptVerdict.Cancelled)]
    [InlineData(StopReason.Interrupted, AttemptVerdict.Interrupted)]
    public async Task Run_Stopped_IsWhatTheReasonSays(StopReason reason, AttemptVerdict verdict)
    {
        var context = new TestTaskContext();
        await using var run = TaskRun.Of(async (TaskContext seen, CancellationToken stop) =>
        {
            context.Stop(reason);
            Assert.Equal(reason, seen.StopReason);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        });

        Assert.Equal(verdict, (await run.RunAsync(context: context)).Verdict);
    }

    [Fact]
    public async Task Run_TheTestIsCancelled_IsInterrupted()
    {
        await using var run = TaskRun.Of((CancellationToken stop) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop));

        Assert.Equal(AttemptVerdict.Interrupted, (await run.RunAsync(cancellationToken: new(canceled: true))).Verdict);
    }
}
