using System.Globalization;
using StackExchange.Redis;
using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults;

public sealed class RedisServerTests
{
    /// <summary>It rewrites its file in a child by itself once that has grown, as after a large cancel.</summary>
    [Fact]
    public async Task Dispose_WhileItsFileIsRewritten_LeavesNoProcessBehind()
    {
        Assert.SkipWhen(RedisServer.Path is null, "redis-server is not on the PATH.");
        int child;
        await using (var server = await RedisServer.StartAsync())
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync($"{server.ConnectionString},allowAdmin=true");
            var redis = connection.GetServers().Single();
            await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => connection.GetDatabase().StringSetAsync($"k{i}", i)));
            // 10 ms for each key, so 10 s: it has not ended by itself when it is looked for again.
            await redis.ConfigSetAsync("rdb-key-save-delay", "10000");
            await redis.ExecuteAsync("BGREWRITEAOF");
            await RealGrid.UntilAsync(async () => await KeysWrittenAsync(redis) > 0, "the child is at work");
            child = int.Parse(Assert.Single(ChildrenOf(server.Pid)), CultureInfo.InvariantCulture);
        }

        // It has ended as far as files go; that the system says so as well can take a moment more.
        await RealGrid.UntilAsync(() => Task.FromResult(!Runs(child)), "the child is gone", within: TimeSpan.FromSeconds(2));
    }

    private static async Task<int> KeysWrittenAsync(IServer redis) =>
        int.Parse((await redis.InfoAsync("persistence")).SelectMany(g => g).Single(p => p.Key == "current_save_keys_processed").Value, CultureInfo.InvariantCulture);

    private static string[] ChildrenOf(int pid) => File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>One that has been killed may be left as a zombie, until whoever has inherited it asks after it.</summary>
    private static bool Runs(int pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
