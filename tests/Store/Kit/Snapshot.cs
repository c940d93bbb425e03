using StackExchange.Redis;

namespace TaskGrid.Store;

/// <summary>What a grid has in the store at a moment: a crash takes the store back to it.</summary>
internal sealed class Snapshot
{
    private readonly List<(RedisKey Key, object Value, TimeSpan? TimeToLive)> _entries = [];

    public static async Task<Snapshot> TakeAsync(TestGrid grid)
    {
        var snapshot = new Snapshot();
        var entries = await Task.WhenAll((await KeysAsync(grid)).Select(async key =>
        {
            var timeToLive = grid.Raw.KeyTimeToLiveAsync(key);
            return (key, await ReadAsync(grid.Raw, key), await timeToLive);
        }));
        snapshot._entries.AddRange(entries);
        return snapshot;
    }

    public async Task RestoreAsync(TestGrid grid)
    {
        await grid.Raw.KeyDeleteAsync([.. await KeysAsync(grid)]);
        await Task.WhenAll(_entries.SelectMany(e => (Task[])
        [
            WriteAsync(grid.Raw, e.Key, e.Value), e.TimeToLive is null ? Task.CompletedTask : grid.Raw.KeyExpireAsync(e.Key, e.TimeToLive),
        ]));
    }

    // What the tests themselves have there, their clock above all, goes on.
    private static async Task<List<RedisKey>> KeysAsync(TestGrid grid)
    {
        var keys = new HashSet<RedisKey>();
        await foreach (var key in grid.Server.GetServers().Single().KeysAsync(pattern: grid.Key("*"), pageSize: 5000))
        {
            keys.Add(key);
        }

        keys.Remove(grid.Key("control"));
        return [.. keys];
    }

    private static async Task<object> ReadAsync(IDatabase raw, RedisKey key) => await raw.KeyTypeAsync(key) switch
    {
        RedisType.String => await raw.StringGetAsync(key),
        RedisType.Hash => await raw.HashGetAllAsync(key),
        RedisType.Set => await raw.SetMembersAsync(key),
        RedisType.SortedSet => await raw.SortedSetRangeByRankWithScoresAsync(key),
        RedisType.List => (await raw.ListRangeAsync(key)).ToList(),
        var type => throw new InvalidOperationException($"{key} is a {type}, of which the tests know nothing."),
    };

    private static Task WriteAsync(IDatabase raw, RedisKey key, object value) => value switch
    {
        RedisValue text => raw.StringSetAsync(key, text),
        HashEntry[] fields => raw.HashSetAsync(key, fields),
        RedisValue[] members => raw.SetAddAsync(key, members),
        SortedSetEntry[] entries => raw.SortedSetAddAsync(key, entries),
        List<RedisValue> items => raw.ListRightPushAsync(key, [.. items]),
        _ => throw new InvalidOperationException($"{key} can't be written."),
    };
}
