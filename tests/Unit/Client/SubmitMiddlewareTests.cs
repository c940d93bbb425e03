using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace TaskGrid.Unit.Client;

public sealed class SubmitMiddlewareTests
{
    [GridTask("greet")]
    public sealed record Greet(string Name) : IGridTask<string>;

    public sealed class Stamp(List<string> log) : ISubmitMiddleware
    {
        public async Task<SubmitReply> SubmitAsync(TaskSubmission submission, SubmitDelegate next, CancellationToken cancellationToken)
        {
            log.Add($"before {submission.Task}");
            var reply = await next(submission with { Options = submission.Options with { Queue = "stamped" } }, cancellationToken);
            log.Add($"after {reply.Snapshot?.Queue ?? reply.Refusal!.Code}");
            return reply;
        }
    }

    private readonly StubGrid _grid = new();
    private readonly List<string> _log = [];
    private readonly ServiceCollection _services = [];

    [Fact]
    public async Task Submit_OfEachKind_GoesThroughAllInTheOrderOfRegistration()
    {
        _services.AddSubmitMiddleware<Stamp>().AddSubmitMiddleware((submission, next, stop) =>
        {
            _log.Add($"inner {submission.Options.Queue}");
            return next(submission, stop);
        });
        var tasks = Client();

        Assert.Equal("stamped", (await tasks.SubmitAsync(new Greet("Ada"))).Accepted!.Queue);
        await tasks.SubmitAsync("greet");
        await tasks.SubmitAsync<string>("greet");
        await tasks.SubmitBatchAsync([TaskSubmission.Create("greet")]);

        Assert.Equal(Enumerable.Repeat((string[])["before greet", "inner stamped", "after stamped"], 4).SelectMany(w => w), _log);
        Assert.All(_grid.All, s => Assert.Equal("stamped", s.Options.Queue));
    }

    [Fact]
    public async Task Submit_Refused_ShowsTheRefusalAndThrows()
    {
        _grid.Unknown.Add("greet");
        _services.AddSubmitMiddleware<Stamp>();

        await Assert.ThrowsAsync<TaskRefusedException>(() => Client().SubmitAsync("greet"));

        Assert.Equal(["before greet", "after unknown_task"], _log);
    }

    [Fact]
    public async Task Submit_AMiddlewareThrows_IsRefusedWithItsException()
    {
        _services.AddSubmitMiddleware((_, _, _) => throw new UnauthorizedAccessException("no"));

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => Client().SubmitAsync("greet"));

        Assert.Empty(_grid.Calls);
    }

    [Fact]
    public async Task Submit_AMiddlewareAnswersItself_NeverReachesTheGrid()
    {
        _services.AddSubmitMiddleware((s, _, _) => Task.FromResult(new SubmitReply(new() { Id = s.Options.Id!, Task = s.Task, Queue = "none" }, true, null)));

        var handle = await Client().SubmitAsync("greet", options: new() { Id = "mine" });

        Assert.Equal(("mine", "none"), (handle.Id, handle.Accepted!.Queue));
        Assert.Empty(_grid.Calls);
    }

    [Fact]
    public async Task Submit_AMiddlewareAsksForTheClient_GetsIt()
    {
        _services.AddSubmitMiddleware<Audit>();

        await Client().SubmitAsync("greet");

        Assert.Equal(["audit", "greet"], _grid.All.Select(s => s.Task));
    }

    public sealed class Audit(ITaskClient tasks) : ISubmitMiddleware
    {
        public async Task<SubmitReply> SubmitAsync(TaskSubmission submission, SubmitDelegate next, CancellationToken cancellationToken)
        {
            if (submission.Task != "audit")
            {
                await tasks.SubmitAsync("audit", cancellationToken: cancellationToken);
            }

            return await next(submission, cancellationToken);
        }
    }

    [Fact]
    public async Task Submit_AMiddlewareAddsAnIdempotencyKey_IsNamedByIt()
    {
        _services.AddSubmitMiddleware((s, next, stop) => next(s with { Options = s.Options with { IdempotencyKey = "k" } }, stop));

        var handle = await Client().SubmitAsync("greet");

        Assert.Equal(IdempotencyKeys.IdOf("k", null), handle.Id);
    }

    [Fact]
    public async Task Submit_AMiddlewareTriesAgain_IsTheSameTask()
    {
        _services.AddSubmitMiddleware(async (s, next, stop) =>
        {
            await next(s with { Options = new() }, stop);
            return await next(s, stop);
        });

        await Client().SubmitAsync("greet");

        Assert.Equal(2, _grid.Calls.Count);
        Assert.Single(_grid.All.Select(s => s.Options.Id).Distinct());
    }

    [Fact]
    public async Task SubmitBatch_WithMiddleware_IsOneCallInOrder()
    {
        _services.AddSubmitMiddleware<Stamp>();

        var replies = await Client().SubmitBatchAsync([.. Enumerable.Range(0, 50).Select(i => TaskSubmission.Create($"t{i}"))]);

        Assert.Single(_grid.Calls);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"t{i}"), replies.Select(r => r.Snapshot!.Task));
    }

    [Fact]
    public async Task SubmitBatch_AMiddlewareRefusesOne_TheOthersAreAccepted()
    {
        _services.AddSubmitMiddleware((s, next, stop) => s.Task == "b" ? throw new TaskRefusedException(new("over_quota", "no")) : next(s, stop));

        var replies = await Client().SubmitBatchAsync([TaskSubmission.Create("a"), TaskSubmission.Create("b"), TaskSubmission.Create("c")]);

        Assert.Equal([null, "over_quota", null], replies.Select(r => r.Refusal?.Code));
        Assert.Equal(["a", "c"], _grid.All.Select(s => s.Task));
    }

    [Fact]
    public async Task SubmitBatch_AMiddlewareLetsOneThroughAtATime_DoesNotHang()
    {
        using var gate = new SemaphoreSlim(1);
        _services.AddSubmitMiddleware(async (s, next, stop) =>
        {
            await gate.WaitAsync(stop);
            try
            {
                return await next(s, stop);
            }
            finally
            {
                gate.Release();
            }
        });

        var replies = await Client().SubmitBatchAsync([TaskSubmission.Create("a"), TaskSubmission.Create("b")])
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.All(replies, r => Assert.NotNull(r.Snapshot));
    }

    private ITaskClient Client()
    {
        _services.AddSingleton(_log).AddSingleton(_grid.Grains).AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddTaskClient();
        return _services.BuildServiceProvider().GetRequiredService<ITaskClient>();
    }
}
