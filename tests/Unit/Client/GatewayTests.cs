using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace TaskGrid.Unit.Client;

/// <summary>Orleans leads the calls of one key through one gateway: what is not answered is not asked of the same one again.</summary>
public sealed class GatewayTests
{
    private readonly StubGrid _grid = new();
    private readonly IServiceProvider _services;

    public GatewayTests() => _services = Services(_ => { });

    [Fact]
    public async Task Submit_WithoutAnswerTwice_GoesToAnotherKeyEachTime()
    {
        _grid.Silent = 2;
        await Client().SubmitAsync("add");
        Assert.Equal([0, 1, 2], _grid.Keys);
        Assert.Equal(3, _grid.Calls.Count);
    }

    /// <summary>Other silos may reach it.</summary>
    [Fact]
    public async Task Submit_ToASiloThatDoesNotReachTheStore_GoesToAnotherKey()
    {
        _grid.Script.Enqueue(asked => Task.FromResult<SubmitReply[]>([new(null, false, new(ErrorCodes.StoreUnavailable, "later"))]));
        await Client().SubmitAsync("add");
        Assert.Equal([0, 1], _grid.Keys);
        Assert.Equal(2, _grid.Calls.Count);
    }

    /// <summary>Each key is a grain on each silo that it was asked of.</summary>
    [Fact]
    public async Task Submit_ThroughALongOutage_UsesFewKeys()
    {
        var transport = new GrainTransport(_grid.Grains);
        _grid.Silent = 1000;
        for (var i = 0; i < 1000; i++)
        {
            await Assert.ThrowsAsync<TimeoutException>(() => transport.SubmitAsync([Named("a")], CancellationToken.None));
        }

        Assert.Equal(64, _grid.Keys.Distinct().Count());
    }

    /// <summary>Orleans says so of a message that waited too long for its grain.</summary>
    [Fact]
    public async Task Submit_CancelledByNobody_IsRepeated()
    {
        _grid.Hang(() => throw new OperationCanceledException("Message expired before placement could complete."));
        await Client().SubmitAsync("add");
        Assert.Equal(2, _grid.Calls.Count);
    }

    [Fact]
    public async Task Submit_CancelledByItsCaller_IsNot()
    {
        using var stop = new CancellationTokenSource();
        _grid.Hang(stop.Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Client().SubmitAsync("add", cancellationToken: stop.Token));
        Assert.Single(_grid.Calls);
    }

    [Fact]
    public async Task Submit_Answered_StaysWithItsKey()
    {
        var tasks = Client();
        await tasks.SubmitAsync("add");
        await tasks.SubmitAsync("add");
        Assert.Equal([0], _grid.Keys);
    }

    [Fact]
    public async Task Submit_WhoseGatewayIsLost_IsRepeatedBeforeItsTimeout()
    {
        var lost = _services.GetRequiredService<LostGateways>();
        _grid.Hang(() => lost.Changed(this, new(1, 2)));
        await Client().SubmitAsync("add");
        Assert.Equal(2, _grid.Calls.Count);
        Assert.Equal(_grid.Calls[0][0].Options.Id, _grid.Calls[1][0].Options.Id);
    }

    [Fact]
    public async Task Batch_GivenUpAndAnsweredAfterItsRepetition_HasTheReplyOfEach()
    {
        var first = Lose();
        _grid.Script.Enqueue(asked =>
        {
            first.SetResult([.. asked.Select(_grid.Accept)]);
            return Task.FromResult<SubmitReply[]>([.. asked.Select(_grid.Accept)]);
        });

        var replies = await Client().SubmitBatchAsync([Named("a"), Named("b")]);

        Assert.Equal(["a", "b"], replies.Select(r => r.Snapshot!.Id));
    }

    /// <summary>The answers to two submissions come late, while one of the two is asked about again.</summary>
    [Fact]
    public async Task Batch_GivenUpAndAnsweredWhileAPartOfItIsRepeated_HasTheReplyOfEach()
    {
        var first = Lose();
        _grid.Script.Enqueue(asked => Task.FromResult<SubmitReply[]>([_grid.Accept(asked[0]), new(null, false, new(ErrorCodes.StoreUnavailable, "later"))]));
        _grid.Script.Enqueue(asked =>
        {
            first.SetResult([.. _grid.Calls[0].Select(_grid.Accept)]);
            return Task.FromResult<SubmitReply[]>([.. asked.Select(_grid.Accept)]);
        });

        var replies = await Client().SubmitBatchAsync([Named("a"), Named("b")]);

        Assert.Equal(["b"], _grid.Calls[2].Select(s => s.Options.Id));
        Assert.Equal(["a", "b"], replies.Select(r => r.Snapshot!.Id));
    }

    /// <summary>All is answered by the time it would be repeated.</summary>
    [Fact]
    public async Task Batch_AnsweredByACallThatWasGivenUp_IsNotRepeated()
    {
        var first = Lose();
        _grid.Script.Enqueue(asked =>
        {
            first.SetResult([.. asked.Select(_grid.Accept)]);
            throw new TimeoutException("No answer.");
        });

        var replies = await Client().SubmitBatchAsync([Named("a")]);

        Assert.Equal("a", Assert.Single(replies).Snapshot!.Id);
        Assert.Equal(2, _grid.Calls.Count);
    }

    [Fact]
    public async Task Submit_WithoutAnswer_IsGivenUpWhenItsTimeIsOver()
    {
        var (time, hanging) = (new FakeTimeProvider(), new TaskCompletionSource());
        var tasks = Services(s => s.AddSingleton<TimeProvider>(time)).GetRequiredService<ITaskClient>();
        _grid.Hang(hanging.SetResult);
        var submit = tasks.SubmitAsync("add");
        await hanging.Task;
        time.Advance(new TaskGridClientOptions().SubmitTimeout);
        Assert.Equal(ErrorCodes.GridUnavailable, (await Assert.ThrowsAsync<GridUnavailableException>(() => submit)).Code);
    }

    [Fact]
    public async Task Submit_WhenAGatewayIsGained_WaitsOn()
    {
        var (lost, hanging) = (_services.GetRequiredService<LostGateways>(), new TaskCompletionSource());
        _grid.Hang(() =>
        {
            lost.Changed(this, new(2, 1));
            hanging.SetResult();
        });
        var next = lost.Next;
        _ = Client().SubmitAsync("add");
        await hanging.Task;
        Assert.Equal(next, lost.Next);
        Assert.Single(_grid.Calls);
    }

    private static TaskSubmission Named(string id) => TaskSubmission.Create("add", null, new() { Id = id });

    /// <summary>The next call loses its gateway, and is given up; its answer comes when it comes.</summary>
    private TaskCompletionSource<SubmitReply[]> Lose()
    {
        var (lost, answer) = (_services.GetRequiredService<LostGateways>(), new TaskCompletionSource<SubmitReply[]>());
        _grid.Script.Enqueue(_ =>
        {
            lost.Changed(this, new(1, 2));
            return answer.Task;
        });
        return answer;
    }

    private ITaskClient Client() => _services.GetRequiredService<ITaskClient>();

    private ServiceProvider Services(Action<IServiceCollection> more)
    {
        var services = new ServiceCollection().AddSingleton(_grid.Grains).AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        more(services);
        return services.AddTaskClient().BuildServiceProvider();
    }
}
