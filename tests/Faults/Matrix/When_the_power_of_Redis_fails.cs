using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>
/// Redis ends, and what it had written and not yet synced to its disk is gone. With <c>appendfsync always</c> that is nothing that it had
/// answered; with <c>everysec</c> it is what the report says.
/// </summary>
[Collection(Alone.Name)]
public sealed class When_the_power_of_Redis_fails(ITestOutputHelper output)
{
    // Redis syncs once a second, and waits for a sync that is slow.
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Nothing_is_lost_that_Redis_syncs_before_it_answers()
    {
        await using var grid = await StartAsync("always");
        var cut = 0L;
        var report = await grid.RunAsync(async _ =>
        {
            cut = await grid.Redis.CutPowerAsync();
            await grid.Redis.RestartAsync();
        });
        report.Say(output, ("cut away, bytes", cut));
        report.Check();
    }

    /// <summary>What is lost is told by 404, what is not lost ends; nothing is in between.</summary>
    [Fact(Explicit = true)]
    public async Task What_Redis_has_not_synced_is_lost_and_nothing_else()
    {
        await using var grid = await StartAsync("everysec");
        var (cut, cutAt) = (0L, TimeSpan.Zero);
        var report = await grid.RunAsync(
            async _ =>
            {
                cutAt = RealGrid.Now;
                cut = await grid.Redis.CutPowerAsync();
                await grid.Redis.RestartAsync();
            },
            mayLose: true);
        report.Say(output, ("cut away, bytes", cut), ("acknowledged and lost", report.Missing.Count));
        Assert.True(cut > 0, "all was on the disk");
        CheckOf(report, cutAt);
    }

    /// <summary>
    /// The replica takes over without what had not come to it yet; what is lost is told by 404.
    /// </summary>
    [Fact(Explicit = true)]
    public async Task A_replica_takes_over()
    {
        Assert.SkipWhen(RedisServer.Path is null, "redis-server is not installed (Debian: apt-get install redis-server)");
        await using var primary = await RedisServer.StartAsync();
        await using var replica = await RedisServer.StartAsync(traced: false, "--replicaof", "127.0.0.1", $"{primary.Port}");
        await using var grid = await HurtGrid.StartAsync(new() { On = primary });
        var killedAt = TimeSpan.Zero;
        var report = await grid.RunAsync(
            async _ =>
            {
                killedAt = RealGrid.Now;
                await primary.KillAsync();
                await replica.PromoteAsync();
                foreach (var way in grid.Ways)
                {
                    way.Target = replica.Port;
                    way.Reset();
                }
            },
            mayLose: true);
        report.Say(output, ("acknowledged and lost", report.Missing.Count));
        CheckOf(report, killedAt);
    }

    /// <summary>
    /// Nothing but what was acknowledged right before. A lease may be lost as well, or an outcome, and its task run once more.
    /// </summary>
    private static void CheckOf(CaseReport report, TimeSpan lostAt)
    {
        Assert.All(report.Missing, at => Assert.InRange(lostAt - at, TimeSpan.FromSeconds(-1), s_window));
        report.Check(mayOverlap: true, mostRepeats: int.MaxValue);
    }

    private static async Task<HurtGrid> StartAsync(string fsync)
    {
        Assert.SkipWhen(RedisServer.Path is null, "redis-server is not installed (Debian: apt-get install redis-server)");
        Assert.SkipWhen(Programs.Find("strace") is null, "strace is not installed (Debian: apt-get install strace)");
        return await HurtGrid.StartAsync(new() { On = await RedisServer.StartAsync(traced: true, "--appendfsync", fsync) });
    }
}
