using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using TaskGrid.Kit;
using TaskGrid.Storage;

namespace TaskGrid.Store;

/// <summary>The engine's script as a function of Redis, by what Redis counts of its commands.</summary>
public sealed class When_Redis_keeps_the_script : IAsyncLifetime
{
    private RedisServer _redis = null!;
    private ConnectionMultiplexer _admin = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(RedisServer.Path is null, "redis-server is not on the PATH.");
        _redis = await RedisServer.StartAsync();
        _admin = await ConnectionMultiplexer.ConnectAsync($"{_redis.ConnectionString},allowAdmin=true");
    }

    public async ValueTask DisposeAsync()
    {
        await _admin.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task It_is_loaded_once_and_called()
    {
        await using (await RunAsync(_redis.ConnectionString))
        await using (await RunAsync(_redis.ConnectionString))
        {
            Assert.Equal(1, await CallsAsync("function|load"));
            Assert.True(await CallsAsync("fcall") > 5);
            Assert.Equal(0, await CallsAsync("eval") + await CallsAsync("evalsha"));
        }
    }

    [Fact]
    public async Task It_is_loaded_again_when_somebody_has_removed_it()
    {
        await using var grid = await RunAsync(_redis.ConnectionString);
        await Server.ExecuteAsync("FUNCTION", "FLUSH");
        await grid.AcceptAsync("after");
        Assert.Equal(["after"], await grid.DrainAsync(await grid.SiloAsync()));
        Assert.Equal(0, await CallsAsync("eval") + await CallsAsync("evalsha"));
    }

    [Theory]
    [InlineData("-function")]
    [InlineData("-function|load")]
    [InlineData("-fcall")]
    public async Task It_is_evaluated_where_functions_are_not_allowed(string right)
    {
        await Server.ExecuteAsync("ACL", "SETUSER", "grid", "on", "nopass", "~*", "&*", "+@all", right);
        await using var grid = await RunAsync($"{_redis.ConnectionString},user=grid,password=any");
        Assert.True(await CallsAsync("eval") + await CallsAsync("evalsha") > 5);
    }

    /// <summary>Each has its own, and nobody removes the other's.</summary>
    [Fact]
    public async Task Silos_of_two_versions_get_on()
    {
        await using var grid = await RunAsync(_redis.ConnectionString);
        await using var newer = new StoreConnection(
            new() { ConnectionString = _redis.ConnectionString, Grid = grid.Name, Script = text => text + "-- Another version.\n" }, new(), NullLogger<StoreConnection>.Instance);
        await newer.OpenAsync();
        for (var i = 0; i < 20; i++)
        {
            await grid.AcceptAsync($"old{i}");
            Assert.Equal(Acceptance.Created, (await new TaskStore(newer).AcceptAsync(TestGrid.Task($"new{i}"))).Acceptance);
        }

        Assert.Equal(40, (await grid.DrainAsync(await grid.SiloAsync())).Count);
        Assert.Equal(2, await CallsAsync("function|load"));
        Assert.Equal(0, await CallsAsync("eval") + await CallsAsync("evalsha"));
    }

    [Fact]
    public async Task Those_of_many_versions_are_removed()
    {
        for (var i = 0; i < 9; i++)
        {
            await Server.ExecuteAsync("FUNCTION", "LOAD", $"#!lua name=taskgrid_old{i}\nredis.register_function('taskgrid_old{i}', function() return 1 end)");
        }

        await using var grid = await RunAsync(_redis.ConnectionString);
        Assert.Single((RedisResult[])(await Server.ExecuteAsync("FUNCTION", "LIST"))!);
    }

    private static int s_grids;

    private IServer Server => _admin.GetServers()[0];

    /// <summary>A grid that has run a task.</summary>
    private async Task<TestGrid> RunAsync(string connectionString)
    {
        var grid = await TestGrid.OpenPlainAsync(connectionString, _admin, $"kept{Interlocked.Increment(ref s_grids)}");
        await grid.AcceptAsync("a");
        Assert.Equal(["a"], await grid.DrainAsync(await grid.SiloAsync()));
        return grid;
    }

    private async Task<long> CallsAsync(string command)
    {
        var stats = (await Server.InfoAsync("commandstats")).SelectMany(g => g).FirstOrDefault(p => p.Key == $"cmdstat_{command}").Value;
        return stats is null ? 0 : long.Parse(stats["calls=".Length..stats.IndexOf(',')], System.Globalization.CultureInfo.InvariantCulture);
    }
}
