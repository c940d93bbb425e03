using StackExchange.Redis;
using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>Redis is there, and does not do what it is told for a while.</summary>
[Collection(Alone.Name)]
public sealed class When_Redis_refuses(ITestOutputHelper output)
{
    private static readonly TimeSpan s_hurt = TimeSpan.FromSeconds(30);

    /// <summary>What the grid has given up as not answered is carried out when the pause is over, all of it at once.</summary>
    [Fact(Explicit = true)]
    public async Task It_takes_no_writes_for_30_seconds()
    {
        await using var grid = await HurtGrid.StartAsync(new());
        await CheckAsync(grid, async ledger =>
        {
            await AskAsync(grid.Redis, "CLIENT", "PAUSE", $"{s_hurt.TotalMilliseconds:0}", "WRITE");
            await OverAsync(grid, ledger);
        });
    }

    [Fact(Explicit = true)]
    public async Task Its_disk_is_full_for_30_seconds()
    {
        Assert.SkipUnless(SmallDisk.IsPossible, "a disk that can be filled takes root and mount");
        Assert.SkipWhen(RedisServer.Path is null, "redis-server is not installed (Debian: apt-get install redis-server)");
        await using var disk = await SmallDisk.MountAsync(megabytes: 200);
        await using var grid = await HurtGrid.StartAsync(new() { On = await RedisServer.StartInAsync(disk.Folder) });
        await CheckAsync(grid, async ledger =>
        {
            await disk.FillAsync();
            await OverAsync(grid, ledger);
            disk.Free();
        });
    }

    /// <summary>It has been given a password, and who runs the grid has not: connections that there are go on, new ones are refused.</summary>
    [Fact(Explicit = true)]
    public async Task It_asks_for_a_password_that_nobody_has()
    {
        await using var grid = await HurtGrid.StartAsync(new());
        await using var admin = await ConnectionMultiplexer.ConnectAsync($"{grid.Redis.ConnectionString},allowAdmin=true");
        await CheckAsync(grid, async ledger =>
        {
            await admin.GetServers()[0].ConfigSetAsync("requirepass", "not-told");
            foreach (var way in grid.Ways)
            {
                way.Reset();
            }

            await OverAsync(grid, ledger);
            await admin.GetServers()[0].ConfigSetAsync("requirepass", "");
        });
    }

    private async Task CheckAsync(HurtGrid grid, Func<Ledger, Task> hurt)
    {
        var (backAt, firstAt) = (TimeSpan.Zero, TimeSpan.Zero);
        var report = await grid.RunAsync(async ledger =>
        {
            await hurt(ledger);
            backAt = RealGrid.Now;
            await grid.Web.SubmitAsync(ledger, "work", new { milliseconds = 1 });
            firstAt = RealGrid.Now;
        });
        report.Say(output, ("first yes after that, s", (firstAt - backAt).TotalSeconds));
        report.Check();
    }

    /// <summary>Meanwhile nothing is accepted. It may be carried out all the same, later: that is what no answer means.</summary>
    private static async Task OverAsync(HurtGrid grid, Ledger ledger)
    {
        var since = RealGrid.Now;
        var answers = new List<string>();
        await RealGrid.UntilAsync(
            async () =>
            {
                // An answer takes up to 20 seconds: to what is asked later it may come when all is well again.
                if (RealGrid.Now - since is { Seconds: > 3 and < 9 })
                {
                    var id = Guid.CreateVersion7().ToString();
                    ledger.Attempt(id);
                    var (status, body) = await grid.Web.TryAsync(HttpMethod.Post, "/api/v1/tasks", new { id, task = "work", args = new { milliseconds = 1 } });
                    answers.Add($"{(int)status} {body}");
                }

                return RealGrid.Now - since > s_hurt;
            },
            "30 seconds are over");
        Assert.NotEmpty(answers);
        Assert.All(answers, a => Assert.StartsWith("503", a, StringComparison.Ordinal));
    }

    private static async Task AskAsync(RedisServer redis, string command, params object[] words)
    {
        await using var admin = await ConnectionMultiplexer.ConnectAsync($"{redis.ConnectionString},allowAdmin=true");
        await admin.GetDatabase().ExecuteAsync(command, words);
    }
}
