using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using TaskGrid.Testing;
using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_hooks_are_registered
{
    [Fact]
    public async Task They_surround_submit_and_attempt_and_hear_what_was_stored()
    {
        var log = new ConcurrentQueue<string>();
        var ended = new ConcurrentQueue<AttemptEnd>();
        var told = new TaskCompletionSource();
        await using var grid = await Grid.StartAsync(tasks =>
        {
            tasks.Services.AddSubmitMiddleware(async (submission, next, stop) =>
            {
                var reply = await next(submission with { Options = submission.Options with { Headers = new Dictionary<string, string> { ["tenant"] = "7" } } }, stop);
                log.Enqueue($"submitted {reply.Snapshot!.Task}");
                return reply;
            });
            tasks
                .AddTask("flaky", (int x, TaskContext context) => context.Attempt == 1 ? throw new TimeoutException("slow") : x, o => o.Backoff = Backoff.Fixed(TimeSpan.FromMilliseconds(20)))
                .Use(async (execution, next) =>
                {
                    try
                    {
                        execution.Args = JsonText.From(new { x = 4 });
                        await next(execution);
                        log.Enqueue($"succeeded for {execution.Context.Headers["tenant"]}");
                    }
                    catch (TimeoutException e)
                    {
                        log.Enqueue($"failed {e.Message}");
                        throw;
                    }
                })
                .AddObserver((end, _) =>
                {
                    ended.Enqueue(end);
                    if (ended.Count == 2)
                    {
                        told.SetResult();
                    }

                    return Task.CompletedTask;
                });
        });

        var handle = await grid.Tasks.SubmitAsync<int>("flaky", new { x = 3 });
        var snapshot = await handle.FinalAsync();
        await told.Task.Within("the telling of both ends");

        Assert.Equal(("4", "{\"x\":3}"), (snapshot.Result.ToString(), snapshot.Args.ToString()));
        Assert.Equal(["failed slow", "submitted flaky", "succeeded for 7"], log.Order(StringComparer.Ordinal));
        Assert.Equal(
            [(1, AttemptVerdict.Retrying, "System.TimeoutException", null), (2, AttemptVerdict.Succeeded, null, "4")],
            ended.OrderBy(e => e.Attempt).Select(e => (e.Attempt, e.Verdict, e.Error?.Type, e.Result?.ToString())));
        Assert.Equal(TimeSpan.FromMilliseconds(20), ended.Single(e => e.Attempt == 1).NextIn);
    }

    [Fact]
    public async Task An_exception_of_a_middleware_is_the_attempts_failure()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks
            .AddTask("add", (int x, int y) => x + y)
            .Use((_, _) => throw new PermanentFailureException("not today")));

        var snapshot = await (await grid.Tasks.SubmitAsync("add", new { x = 1, y = 2 })).FinalAsync();

        Assert.Equal((TaskState.Failed, 1, "not today"), (snapshot.State, snapshot.Attempt, snapshot.Error?.Message));
    }

    [Fact]
    public async Task A_synchronous_handler_keeps_its_own_thread_behind_middleware_that_waits()
    {
        await using var grid = await Grid.StartAsync(tasks => tasks
            .AddTask("where", () => Thread.CurrentThread.Name)
            .Use(async (execution, next) =>
            {
                await Task.Yield();
                await next(execution);
            }));

        var handle = await grid.Tasks.SubmitAsync<string>("where");

        Assert.Equal("TaskGrid handler", await handle.GetResultAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_stopping_silo_tells_of_the_attempts_that_it_gives_back()
    {
        var started = new TaskCompletionSource();
        var told = new TaskCompletionSource<AttemptEnd>();
        await using var grid = await Grid.StartAsync(
            tasks =>
            {
                // It stands still: the two seconds that code has to end, once its token has fired, do not run out.
                TestGrid.RunAttemptsBy(new FakeTimeProvider(), tasks.Services);
                tasks
                    .AddTask("long", async (CancellationToken stop) =>
                    {
                        started.TrySetResult();
                        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
                    })
                    .AddObserver((end, _) =>
                    {
                        told.TrySetResult(end);
                        return Task.CompletedTask;
                    });
            },
            settings: ("HostOptions:ShutdownTimeout", "00:00:06"));
        await grid.Tasks.SubmitAsync("long");
        await started.Task.Within("the start of the task");

        await grid.Cluster.StopSiloAsync(grid.Cluster.Silos[0]);

        await told.Task.Within("the telling of the interruption");
        Assert.Equal((AttemptVerdict.Interrupted, 1), ((await told.Task).Verdict, (await told.Task).Attempt));
    }

    /// <summary>One is cancelled, one expires, one does not make its deadline: none of them has begun.</summary>
    [Fact]
    public async Task Observers_hear_of_tasks_that_end_while_they_wait()
    {
        var ended = new ConcurrentQueue<AttemptEnd>();
        var told = new CountdownEvent(3);
        await using var grid = await Grid.StartAsync(tasks => tasks.AddTask("add", (int x, int y) => x + y).AddObserver((end, _) =>
        {
            ended.Enqueue(end);
            told.Signal();
            return Task.CompletedTask;
        }));
        await grid.Queues.PauseAsync("default");
        var soon = TimeSpan.FromMilliseconds(20);
        var cancelled = await grid.Tasks.SubmitAsync("add", new { x = 1, y = 2 }, new() { Tags = ["tenant-7"] });
        var expired = await grid.Tasks.SubmitAsync("add", new { x = 1, y = 2 }, new() { ExpiresAfter = soon });
        var late = await grid.Tasks.SubmitAsync("add", new { x = 1, y = 2 }, new() { DeadlineAfter = soon });

        await cancelled.CancelAsync();
        await Task.WhenAll(expired.FinalAsync(), late.FinalAsync());
        await Task.Run(() => told.Wait(TimeSpan.FromSeconds(60))).Within("the telling of all three");

        Assert.All(ended, e => Assert.Equal((0, true, "add"), (e.Attempt, e.IsOutsideAttempt, e.Task)));
        Assert.Equal(
            [(cancelled.Id, AttemptVerdict.Cancelled, "requested"), (expired.Id, AttemptVerdict.Cancelled, "expired"), (late.Id, AttemptVerdict.Failed, ErrorCodes.DeadlineExceeded)],
            new[] { cancelled, expired, late }.Select(h => ended.Single(e => e.TaskId == h.Id)).Select(e => (e.TaskId, e.Verdict, e.Reason ?? e.Error!.Type)));
        Assert.Equal(["tenant-7"], ended.Single(e => e.TaskId == cancelled.Id).Tags);
    }
}
