using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults;

/// <summary>What would be on the disk, by the calls that strace wrote down.</summary>
public sealed class DiskTraceTests
{
    private const string File = "/data/1.incr.aof";

    [Theory]
    [InlineData(0, "1 write(8</data/1.incr.aof>, \"\"..., 90) = 90")]
    [InlineData(90, "1 write(8</data/1.incr.aof>, \"\"..., 90) = 90", "1 fdatasync(8</data/1.incr.aof>) = 0")]
    [InlineData(90, "1 write(8</data/1.incr.aof>, \"\"..., 90) = 90", "1 fdatasync(8</data/1.incr.aof>) = 0", "1 write(8</data/1.incr.aof>, \"\"..., 50) = 50")]
    [InlineData(60, "1 write(8</data/1.incr.aof>, \"\"..., 90) = 60", "1 fdatasync(8</data/1.incr.aof>) = 0")]
    public void Synced_InOneThread_IsWhatWasWrittenBefore(long expected, params string[] calls) => Assert.Equal(expected, DiskTrace.SyncedOf(File, calls));

    [Fact]
    public void Synced_WhileAnotherThreadWrites_IsWhatWasWrittenBeforeTheSyncBegan() => Assert.Equal(90, DiskTrace.SyncedOf(
        File,
        [
            "1  write(8</data/1.incr.aof>, \"\"..., 90) = 90",
            "2  fdatasync(8</data/1.incr.aof> <unfinished ...>",
            "1  write(8</data/1.incr.aof>, \"\"..., 40 <unfinished ...>",
            "2  <... fdatasync resumed>)          = 0",
            "1  <... write resumed>)              = 40",
        ]));

    [Theory]
    [InlineData("2  fdatasync(8</data/1.incr.aof> <unfinished ...>", "2  +++ killed by SIGKILL +++")]
    [InlineData("2  fdatasync(8</data/1.incr.aof>) = -1 EIO (Input/output error)")]
    [InlineData("2  fdatasync(9</data/log>) = 0")]
    public void Synced_ByACallThatDidNotSucceed_IsNothing(params string[] calls) =>
        Assert.Equal(0, DiskTrace.SyncedOf(File, ["1  write(8</data/1.incr.aof>, \"\"..., 90) = 90", .. calls]));

    [Theory]
    [InlineData("always")]
    [InlineData("no")]
    public async Task APowerLossOfRedis_TakesWhatItHadNotSynced(string fsync)
    {
        Assert.SkipWhen(RedisServer.Path is null, "redis-server is not installed (Debian: apt-get install redis-server)");
        Assert.SkipWhen(Programs.Find("strace") is null, "strace is not installed (Debian: apt-get install strace)");
        await using var redis = await RedisServer.StartAsync(traced: true, "--appendfsync", fsync);
        await using var connection = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        for (var i = 1; i <= 200; i++)
        {
            await connection.GetDatabase().StringSetAsync("n", i);
        }

        var cut = await redis.CutPowerAsync();
        await redis.RestartAsync();
        await using var again = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var left = (int)await again.GetDatabase().StringGetAsync("n");
        Assert.True(fsync == "always" ? cut == 0 && left == 200 : cut > 0 && left == 0, $"{cut} bytes were cut, {left} of 200 writes are left");
    }

    /// <summary>Why cases in which Redis dies tell it to write everything down first, and what the documents say of <c>everysec</c>.</summary>
    [Theory]
    [InlineData("everysec", false, true)]
    [InlineData("everysec", true, false)]
    [InlineData("always", false, false)]
    public async Task ADeathOfRedis_TakesWhatItAnsweredWhileASyncWasOnItsWay(string fsync, bool written, bool takes)
    {
        Assert.SkipWhen(RedisServer.Path is null, "redis-server is not installed (Debian: apt-get install redis-server)");
        Assert.SkipWhen(Programs.Find("strace") is null, "strace is not installed (Debian: apt-get install strace)");
        await using var redis = await RedisServer.StartOnSlowDiskAsync(TimeSpan.FromSeconds(fsync == "always" ? 0.1 : 4), "--appendfsync", fsync);
        var answered = 0L;
        await using (var connection = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync($"{redis.ConnectionString},allowAdmin=true"))
        {
            var (database, server) = (connection.GetDatabase(), connection.GetServers()[0]);
            // Either it keeps something to itself that it has answered, or it has had many occasions to.
            for (var waits = false; !waits && answered < (fsync == "always" ? 20 : 100_000);)
            {
                answered = await database.StringIncrementAsync("n");
                waits = (await server.InfoAsync("persistence")).SelectMany(s => s).Any(i => i is { Key: "aof_buffer_length", Value: not "0" });
            }
        }

        await (written ? redis.KillWrittenAsync() : redis.KillAsync());
        await redis.RestartAsync();
        await using var again = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var left = (long)await again.GetDatabase().StringGetAsync("n");
        Assert.True(takes ? left < answered : left == answered, $"{left} of {answered} writes are left");
    }
}
