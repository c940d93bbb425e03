using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using TaskGrid.Kit;
using TaskGrid.Storage;
using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_the_store_is_full
{
    [Fact]
    public async Task Nothing_is_accepted_and_what_is_there_is_finished()
    {
        Assert.SkipWhen(RedisServer.Path is null, "redis-server is not installed (Debian: apt-get install redis-server)");
        await using var redis = await RedisServer.StartAsync();
        await using var admin = await ConnectionMultiplexer.ConnectAsync($"{redis.ConnectionString},allowAdmin=true");
        var gate = new TaskCompletionSource();
        await using var grid = await Grid.StartOnAsync(
            redis, tasks => tasks.AddTask("wait", async () => { await gate.Task; return "done"; }), settings: ("TaskGrid:Client:SubmitTimeout", "00:00:10"));
        var running = await grid.Tasks.SubmitAsync("wait");
        await Until.State(running, TaskState.Running);
        var store = grid.ServicesOf(0).GetRequiredService<StoreConnection>();

        await admin.GetServers()[0].ConfigSetAsync("maxmemory", "1000000");
        await store.CheckAsync();
        var refused = await Assert.ThrowsAsync<GridUnavailableException>(() => grid.Tasks.SubmitAsync("wait"));
        await admin.GetServers()[0].ConfigSetAsync("maxmemory", "0");
        gate.SetResult();

        Assert.Equal(ErrorCodes.StoreFull, refused.Code);
        Assert.Equal(TaskState.Succeeded, (await running.FinalAsync()).State);
        await store.CheckAsync();
        Assert.Equal(TaskState.Succeeded, (await (await grid.Tasks.SubmitAsync("wait")).FinalAsync()).State);
    }
}
