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

    /// <summary>Orleans says so of a message that waited too long for its grain.</summary>
    [Fact]
    public async Task Submit_CancelledByNobody_IsRepeated()
    {
        _grid.OnHang = () => throw new OperationCanceledException("Message expired before placement could complete.");
        await Client().SubmitAsync("add");
        Assert.Equal(2, _grid.Calls.Count);
    }

    [Fact]
    public async Task Submit_CancelledByItsCaller_IsNot()
    {
        using var stop = new CancellationTokenSource();
        _grid.OnHang = stop.Cancel;
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
        _grid.OnHang = () => lost.Changed(this, new(1, 2));
        await Client().SubmitAsync("add");
        Assert.Equal(2, _grid.Calls.Count);
        Assert.Equal(_grid.Calls[0][0].Options.Id, _grid.Calls[1][0].Options.Id);
    }

    [Fact]
    public async Task Submit_WithoutAnswer_IsGivenUpWhenItsTimeIsOver()
    {
        var (time, hanging) = (new FakeTimeProvider(), new TaskCompletionSource());
        var tasks = Services(s => s.AddSingleton<TimeProvider>(time)).GetRequiredService<ITaskClient>();
        _grid.OnHang = hanging.SetResult;
        var submit = tasks.SubmitAsync("add");
        await hanging.Task;
        time.Advance(new TaskGridClientOptions().SubmitTimeout);
        Assert.Equal(ErrorCodes.GridUnavailable, (await Assert.ThrowsAsync<GridUnavailableException>(() => submit)).Code);
    }

    [Fact]
    public async Task Submit_WhenAGatewayIsGained_WaitsOn()
    {
        var (lost, hanging) = (_services.GetRequiredService<LostGateways>(), new TaskCompletionSource());
        _grid.OnHang = () =>
        {
            lost.Changed(this, new(2, 1));
            hanging.SetResult();
        };
        var next = lost.Next;
        _ = Client().SubmitAsync("add");
        await hanging.Task;
        Assert.Equal(next, lost.Next);
        Assert.Single(_grid.Calls);
    }

    private ITaskClient Client() => _services.GetRequiredService<ITaskClient>();

    private ServiceProvider Services(Action<IServiceCollection> more)
    {
        var services = new ServiceCollection().AddSingleton(_grid.Grains).AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        more(services);
        return services.AddTaskClient().BuildServiceProvider();
    }
}
