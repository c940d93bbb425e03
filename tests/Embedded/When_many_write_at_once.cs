using StackExchange.Redis;
using Xunit;

namespace TaskGrid.Embedded;

public sealed class When_many_write_at_once : IDisposable
{
    private const int Writers = 32;
    private const int Each = 1000;
    private const int Connections = 8;

    private const string Increment = """
        redis.call('SET', '{g}:n', (redis.call('GET', '{g}:n') or 0) + 1)
        redis.call('HSET', '{g}:h', 'n', (redis.call('HGET', '{g}:h', 'n') or 0) + 1)
        redis.call('ZADD', '{g}:z', (redis.call('ZSCORE', '{g}:z', 'n') or 0) + 1, 'n')
        """;

    private readonly TempFolder _folder = new();

    /// <summary>The engine's scripts declare one common key and touch others: that key must keep them apart.</summary>
    [Fact]
    public async Task Scripts_with_a_common_first_key_exclude_one_another()
    {
        using var store = EmbeddedStore.StartOrJoin(_folder.Path, Settings.With());
        var connections = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => ConnectionMultiplexer.ConnectAsync($"{store.ConnectionString},asyncTimeout=30000")));

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            var database = connections[writer % Connections].GetDatabase();
            for (var i = 0; i < Each; i++)
            {
                await database.ScriptEvaluateAsync(Increment, ["{g}:epoch"]);
            }
        }));

        var grid = connections[0].GetDatabase();
        Assert.Equal(Writers * Each, await grid.StringGetAsync("{g}:n"));
        Assert.Equal(Writers * Each, await grid.HashGetAsync("{g}:h", "n"));
        Assert.Equal(Writers * Each, await grid.SortedSetScoreAsync("{g}:z", "n"));
        await Task.WhenAll(connections.Select(connection => connection.DisposeAsync().AsTask()));
    }

    public void Dispose() => _folder.Dispose();
}
