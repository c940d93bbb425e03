using System.Diagnostics;
using StackExchange.Redis;
using Xunit;

namespace TaskGrid.Embedded;

/// <summary>The log has grown past its limit, the store writes itself down to cut it, and is killed meanwhile, while clients go on writing.</summary>
public sealed class When_it_is_killed_at_a_checkpoint(ITestOutputHelper output) : IDisposable
{
    private const int Kills = 4;
    private const int Writers = 64;
    private const int KeysEach = 32;

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();

    /// <summary>By writer and key: the number of the last write that was acknowledged.</summary>
    private readonly long[,] _acknowledged = new long[Writers, KeysEach];

    [Fact]
    public async Task No_acknowledged_write_is_lost()
    {
        for (var kill = 0; kill < Kills; kill++)
        {
            using var host = await ChildProcess.StartStoreAsync(_folder.Path, megabytes: 1024);
            await using var redis = await ConnectionMultiplexer.ConnectAsync(host.ConnectionString);
            Assert.Equal(0, await CountLostAsync(redis.GetDatabase()));
            var known = Checkpoints();
            var writers = Enumerable.Range(0, Writers).Select(writer => WriteUntilItDiesAsync(redis.GetDatabase(), writer)).ToArray();
            var since = Stopwatch.StartNew();
            while (Checkpoints().IsSubsetOf(known))
            {
                Assert.True(since.Elapsed < Guard, "No checkpoint was begun.");
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            }

            // At its beginning, in its midst, after its end.
            await Task.Delay(TimeSpan.FromMilliseconds(60 * kill), TimeProvider.System);
            await host.KillAsync();
            await Task.WhenAll(writers).WaitAsync(Guard, TimeProvider.System);
        }

        using var last = await ChildProcess.StartStoreAsync(_folder.Path, megabytes: 1024);
        await using var reader = await ConnectionMultiplexer.ConnectAsync(last.ConnectionString);
        Assert.Equal(0, await CountLostAsync(reader.GetDatabase()));
        output.WriteLine($"{_acknowledged.Cast<long>().Sum()} acknowledged writes to {Writers * KeysEach} keys, {Kills} kills, 0 lost");
    }

    public void Dispose() => _folder.Dispose();

    private async Task WriteUntilItDiesAsync(IDatabase store, int writer)
    {
        var text = new string('x', 20_000);
        for (var i = 0; ; i++)
        {
            var key = i % KeysEach;
            var number = _acknowledged[writer, key] + 1;
            try
            {
                await store.ScriptEvaluateAsync("redis.call('HSET', '{g}:' .. ARGV[1], 'n', ARGV[2], 'd', ARGV[3])", ["{g}:epoch"], [$"{writer}:{key}", number, text]);
            }
            catch (Exception e) when (e is RedisException or RedisTimeoutException or TimeoutException or InvalidOperationException or TaskCanceledException)
            {
                // The last two are what the client says of a connection that dies while it writes to it. Whatever it was, this write is not acknowledged.
                return;
            }

            _acknowledged[writer, key] = number;
        }
    }

    /// <summary>The keys that hold an older write than the last acknowledged one.</summary>
    private async Task<int> CountLostAsync(IDatabase store)
    {
        var keys = Enumerable.Range(0, Writers).SelectMany(writer => Enumerable.Range(0, KeysEach).Select(key => (Writer: writer, Key: key)));
        var lost = await Task.WhenAll(keys.Select(async at => (long)await store.HashGetAsync($"{{g}}:{at.Writer}:{at.Key}", "n") < _acknowledged[at.Writer, at.Key]));
        return lost.Count(late => late);
    }

    /// <summary>Each has a folder that is called by a GUID.</summary>
    private HashSet<string> Checkpoints() => [.. Directory.GetDirectories(Path.Combine(_folder.Path, "cp"), "*-*-*-*-*", SearchOption.AllDirectories)];
}
