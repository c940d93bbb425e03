using StackExchange.Redis;
using TaskGrid.Embedded;

namespace TaskGrid.Testing;

/// <summary>An embedded store in a folder of its own, which goes with it.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly EmbeddedStore _store;
    private readonly ConnectionMultiplexer _connection;

    private TestStore(EmbeddedStore store, ConnectionMultiplexer connection)
    {
        _store = store;
        _connection = connection;
    }

    public string ConnectionString => _store.ConnectionString;

    public IDatabase Database => _connection.GetDatabase();

    public static async Task<TestStore> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("taskgrid-test-").FullName;
        var store = EmbeddedStore.StartOrJoin(folder, new EmbeddedStoreOptions { Port = 0 });
        return new(store, await ConnectionMultiplexer.ConnectAsync(store.ConnectionString).ConfigureAwait(false));
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync().ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
        Directory.Delete(_store.Folder, recursive: true);
    }
}
