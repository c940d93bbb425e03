using StackExchange.Redis;
using TaskGrid.Embedded;
using TaskGrid.Kit;
using TaskGrid.Store;

[assembly: AssemblyFixture(typeof(StoreServers))]

namespace TaskGrid.Store;

/// <summary>One server of each kind for all tests: every test has a grid of its own in it.</summary>
public sealed class StoreServers : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("taskgrid-garnet-").FullName;
    private readonly Dictionary<StoreKind, (string ConnectionString, ConnectionMultiplexer Raw)> _stores = [];
    private readonly List<RedisServer> _redis = [];
    // A silo that comes removes the scripts of other versions: a changed one would remove everybody's, again and again.
    private (string ConnectionString, ConnectionMultiplexer Raw) _forChangedScripts;
    private CommittingGarnet? _garnet;
    private int _grids;

    public async ValueTask InitializeAsync()
    {
        if (RedisServer.Path is not null)
        {
            _stores[StoreKind.Redis] = await StartRedisAsync();
            _forChangedScripts = await StartRedisAsync();
        }

        var port = Ports.Free();
        _garnet = GarnetProcess.StartHere(port, _folder);
        _stores[StoreKind.Garnet] = await ConnectAsync($"127.0.0.1:{port}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, raw) in _stores.Values.Append(_forChangedScripts).Where(s => s.Raw is not null))
        {
            await raw.DisposeAsync();
        }

        _garnet?.Stop();
        Directory.Delete(_folder, recursive: true);
        foreach (var redis in _redis)
        {
            await redis.DisposeAsync();
        }
    }

    /// <summary>A new grid in a store, with the engine's script or a changed one.</summary>
    internal async Task<TestGrid> OpenAsync(StoreKind kind, Func<string, string>? change = null)
    {
        var (connectionString, raw) = kind == StoreKind.Redis && change is not null ? _forChangedScripts : _stores[kind];
        return await TestGrid.OpenAsync(connectionString, raw, $"grid{Interlocked.Increment(ref _grids)}", change);
    }

    private async Task<(string ConnectionString, ConnectionMultiplexer Raw)> StartRedisAsync()
    {
        var redis = await RedisServer.StartAsync();
        _redis.Add(redis);
        return await ConnectAsync(redis.ConnectionString);
    }

    private static async Task<(string ConnectionString, ConnectionMultiplexer Raw)> ConnectAsync(string connectionString) =>
        (connectionString, await ConnectionMultiplexer.ConnectAsync(connectionString));
}
