using System.Collections.Concurrent;
using StackExchange.Redis;
using Xunit;

namespace TaskGrid.Embedded;

public sealed class When_the_hosting_process_is_killed(ITestOutputHelper output) : IDisposable
{
    private const int Kills = 4;
    private const int Writers = 8;
    private const int InFlightEach = 32;
    private const int WritesBeforeTheKill = 4000;

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task No_acknowledged_write_is_lost()
    {
        var acknowledged = new ConcurrentDictionary<string, byte>();
        for (var kill = 0; kill < Kills; kill++)
        {
            using var host = await ChildProcess.StartStoreAsync(_folder.Path);
            Assert.Equal("HOSTS", host.Role);
            Assert.Equal(0, await CountMissingAsync(host.ConnectionString, acknowledged.Keys));
            var enough = new TaskCompletionSource();
            var connections = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => ConnectionMultiplexer.ConnectAsync(host.ConnectionString)));
            var writers = Enumerable.Range(0, Writers * InFlightEach)
                .Select(writer => WriteUntilItDiesAsync(connections[writer % Writers].GetDatabase(), $"{kill}-{writer}", acknowledged, (kill + 1) * WritesBeforeTheKill, enough))
                .ToArray();
            await enough.Task.WaitAsync(Guard, TimeProvider.System);
            await host.KillAsync();
            await Task.WhenAll(writers).WaitAsync(Guard, TimeProvider.System);
            await Task.WhenAll(connections.Select(connection => connection.DisposeAsync().AsTask()));
        }

        using var last = await ChildProcess.StartStoreAsync(_folder.Path);
        Assert.Equal(0, await CountMissingAsync(last.ConnectionString, acknowledged.Keys));
        output.WriteLine($"{acknowledged.Count} acknowledged writes, {Kills} kills, 0 missing");
    }

    [Fact]
    public async Task The_next_host_listens_at_the_same_port_and_joined_clients_find_it()
    {
        using var first = await ChildProcess.StartStoreAsync(_folder.Path);
        using var joined = EmbeddedStore.StartOrJoin(_folder.Path, Settings.With());
        await using var client = await ConnectionMultiplexer.ConnectAsync(joined.ConnectionString);
        await client.GetDatabase().StringSetAsync("kept", "yes");
        var restored = new TaskCompletionSource();
        client.ConnectionRestored += (_, _) => restored.TrySetResult();

        await first.KillAsync();
        using var second = await ChildProcess.StartStoreAsync(_folder.Path);

        Assert.Equal("HOSTS", second.Role);
        Assert.Equal(first.ConnectionString, second.ConnectionString);
        await restored.Task.WaitAsync(Guard, TimeProvider.System);
        Assert.Equal("yes", await client.GetDatabase().StringGetAsync("kept"));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task WriteUntilItDiesAsync(IDatabase store, string name, ConcurrentDictionary<string, byte> acknowledged, int until, TaskCompletionSource enough)
    {
        for (var i = 0; ; i++)
        {
            var id = $"{name}-{i}";
            try
            {
                await store.ScriptEvaluateAsync("redis.call('HSET', '{g}:' .. ARGV[1], 'd', ARGV[2], 'id', ARGV[1]) redis.call('ZADD', '{g}:index', 1, ARGV[1])", ["{g}:epoch"], [id, new string('x', 2000)]);
            }
            catch (Exception e) when (e is RedisException or RedisTimeoutException or TimeoutException or InvalidOperationException or TaskCanceledException)
            {
                // The last two are what the client says of a connection that dies while it writes to it. Whatever it was, this write is not acknowledged.
                return;
            }

            acknowledged[id] = 0;
            if (acknowledged.Count >= until)
            {
                enough.TrySetResult();
            }
        }
    }

    /// <summary>Both parts of a write count: an acknowledged script is there as a whole.</summary>
    private static async Task<long> CountMissingAsync(string connectionString, IEnumerable<string> ids)
    {
        const string count = "local n = 0 for _, id in ipairs(ARGV) do if redis.call('HGET', '{g}:' .. id, 'id') ~= id or not redis.call('ZSCORE', '{g}:index', id) then n = n + 1 end end return n";
        await using var redis = await ConnectionMultiplexer.ConnectAsync(connectionString);
        var missing = 0L;
        foreach (var some in ids.Chunk(500))
        {
            missing += (long)await redis.GetDatabase().ScriptEvaluateAsync(count, ["{g}:epoch"], some.Select(id => (RedisValue)id).ToArray());
        }

        return missing;
    }
}
