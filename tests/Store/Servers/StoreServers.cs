using Garnet;
using StackExchange.Redis;
using TaskGrid.Kit;
using TaskGrid.Store;

[assembly: AssemblyFixture(typeof(StoreServers))]

namespace TaskGrid.Store;

/// <summary>One server of each kind for all tests: every test has a grid of its own in it.</summary>
public sealed class StoreServers : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("taskgrid-garnet-").FullName;
    private readonly Dictionary<StoreKind, (string ConnectionString, ConnectionMultiplexer Raw)> _stores = [];
    private RedisServer? _redis;
    private GarnetServer? _garnet;
    private int _grids;

    public async ValueTask InitializeAsync()
    {
        if (RedisServer.Path is not null)
        {
            _redis = await RedisServer.StartAsync();
            await AddAsync(StoreKind.Redis, _redis.ConnectionString);
        }

        var port = Ports.Free();
        _garnet = GarnetProcess.StartHere(port, _folder);
        await AddAsync(StoreKind.Garnet, $"127.0.0.1:{port}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, raw) in _stores.Values)
        {
            await raw.DisposeAsync();
        }

        _garnet?.Dispose();
        Directory.Delete(_folder, recursive: true);
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
    }

    /// <summary>A new grid in a store, with the engine's script or a changed one.</summary>
    internal async Task<TestGrid> OpenAsync(StoreKind kind, Func<string, string>? change = null)
    {
        var (connectionString, raw) = _stores[kind];
        return await TestGrid.OpenAsync(connectionString, raw, $"grid{Interlocked.Increment(ref _grids)}", change);
    }

    private async Task AddAsync(StoreKind kind, string connectionString) =>
        _stores[kind] = (connectionString, await ConnectionMultiplexer.ConnectAsync(connectionString));
}
