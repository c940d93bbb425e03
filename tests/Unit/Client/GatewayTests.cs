using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace TaskGrid.Unit.Client;

/// <summary>Orleans leads the calls of one key through one gateway: what is not answered is not asked of the same one again.</summary>
public sealed class GatewayTests
{
    private readonly StubGrid _grid = new();

    [Fact]
    public async Task Submit_WithoutAnswerTwice_GoesToAnotherKeyEachTime()
    {
        _grid.Silent = 2;
        await Client().SubmitAsync("add");
        Assert.Equal([0, 1, 2], _grid.Keys);
        Assert.Equal(3, _grid.Calls.Count);
    }

    [Fact]
    public async Task Submit_Answered_StaysWithItsKey()
    {
        var tasks = Client();
        await tasks.SubmitAsync("add");
        await tasks.SubmitAsync("add");
        Assert.Equal([0], _grid.Keys);
    }

    private ITaskClient Client() => new ServiceCollection().AddSingleton(_grid.Grains).AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddTaskClient()
        .BuildServiceProvider().GetRequiredService<ITaskClient>();
}
