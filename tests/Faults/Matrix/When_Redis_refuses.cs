using System.Net;
using StackExchange.Redis;
using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>Redis is there, and does not do what it is told for a while.</summary>
[Collection(Alone.Name)]
public sealed class When_Redis_refuses(ITestOutputHelper output)
{
    private static readonly TimeSpan s_hurt = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_settled = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_noAnswer = TimeSpan.FromSeconds(9);

    /// <summary>What the grid has given up as not answered is carried out when the pause is over, all of it at once.</summary>
    [Fact(Explicit = true)]
    public async Task It_takes_no_writes_for_30_seconds()
    {
        await using var grid = await HurtGrid.StartAsync(new());
        await CheckAsync(grid, async ledger =>
        {
            // It ends by itself, so it is counted from before it begins.
            var since = RealGrid.Now;
            await AskAsync(grid.Redis, "CLIENT", "PAUSE", $"{s_hurt.TotalMilliseconds:0}", "WRITE");
            return await OverAsync(grid, ledger, since);
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
            var refused = await OverAsync(grid, ledger, RealGrid.Now);
            disk.Free();
            return refused;
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
            var refused = await OverNewConnectionsAsync(grid, ledger);
            await admin.GetServers()[0].ConfigSetAsync("requirepass", "");
            return refused;
        });
    }

    /// <summary>Nobody has renewed it: connections that there are go on, new ones are refused by those who connect.</summary>
    [Fact(Explicit = true)]
    public async Task Its_certificate_has_expired()
    {
        Assert.SkipWhen(RedisServer.Path is null, "redis-server is not installed (Debian: apt-get install redis-server)");
        using var certificates = new Certificates();
        var port = Ports.Free();
        await using var redis = await RedisServer.StartAsync(
            traced: false, "--tls-port", $"{port}", "--tls-cert-file", certificates.CertificateFile, "--tls-key-file", certificates.KeyFile,
            "--tls-ca-cert-file", certificates.AuthorityFile, "--tls-auth-clients", "no");
        await using var grid = await HurtGrid.StartAsync(new() { On = redis, Tls = (port, certificates) });
        await using var admin = await ConnectionMultiplexer.ConnectAsync($"{redis.ConnectionString},allowAdmin=true");
        await CheckAsync(grid, async ledger =>
        {
            await admin.GetServers()[0].ConfigSetAsync("tls-cert-file", certificates.ExpiredFile);
            var refused = await OverNewConnectionsAsync(grid, ledger);
            await admin.GetServers()[0].ConfigSetAsync("tls-cert-file", certificates.CertificateFile);
            return refused;
        });
    }

    /// <summary>It has been told to take no write that it can't give to a replica at once, and the replica stands still.</summary>
    [Fact(Explicit = true)]
    public async Task It_has_no_replica_that_keeps_up()
    {
        Assert.SkipWhen(RedisServer.Path is null, "redis-server is not installed (Debian: apt-get install redis-server)");
        await using var primary = await RedisServer.StartAsync(traced: false, "--min-replicas-to-write", "1", "--min-replicas-max-lag", "2");
        await using var replica = await RedisServer.StartAsync(traced: false, "--replicaof", "127.0.0.1", $"{primary.Port}");
        await replica.SyncedAsync();
        await using var grid = await HurtGrid.StartAsync(new() { On = primary });
        await CheckAsync(grid, async ledger =>
        {
            await replica.SignalAsync("STOP");
            var refused = await OverAsync(grid, ledger, RealGrid.Now);
            await replica.SignalAsync("CONT");
            return refused;
        });
    }

    private static Task<IReadOnlyList<string>> OverNewConnectionsAsync(HurtGrid grid, Ledger ledger)
    {
        foreach (var way in grid.Ways)
        {
            way.Reset();
        }

        return OverAsync(grid, ledger, RealGrid.Now);
    }

    private async Task CheckAsync(HurtGrid grid, Func<Ledger, Task<IReadOnlyList<string>>> hurt)
    {
        var (backAt, firstAt, carriedOut, refused) = (TimeSpan.Zero, TimeSpan.Zero, 0, 0);
        var report = await grid.RunAsync(async ledger =>
        {
            var ids = await hurt(ledger);
            backAt = RealGrid.Now;
            await grid.Web.SubmitAsync(ledger, "work", new { milliseconds = 1 });
            firstAt = RealGrid.Now;
            refused = ids.Count;
            foreach (var id in ids)
            {
                if (await grid.Web.IsKnownAsync(id))
                {
                    // Then it has to end like any other, and to run once.
                    ledger.Acknowledge(id);
                    carriedOut++;
                }
            }
        });
        report.Say(output, ("first yes after that, s", (firstAt - backAt).TotalSeconds), ("submits that had no yes", refused), ("of them carried out afterwards", carriedOut));
        report.Check();
    }

    /// <summary>
    /// Meanwhile nothing is accepted. It may be carried out all the same, later: that is what no answer means. What is submitted in the first seconds may
    /// come just in time, or be with Redis already.
    /// </summary>
    /// <returns>The ids of what was submitted and not accepted.</returns>
    private static async Task<IReadOnlyList<string>> OverAsync(HurtGrid grid, Ledger ledger, TimeSpan since)
    {
        var submits = new List<Task<(string Id, bool Accepted)>>();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        // An answer takes up to 20 seconds: to what is asked later it may come when all is well again.
        while (RealGrid.Now - since < s_noAnswer && await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            submits.Add(SubmitAsync(grid, ledger));
        }

        var late = submits.Skip((int)(s_settled / tick.Period)).ToList();
        await RealGrid.UntilAsync(since + s_hurt);
        // Nothing of the load that goes on beside it was accepted either.
        Assert.Equal(0, ledger.AcknowledgedBetween(since + s_settled, since + s_hurt));
        Assert.NotEmpty(late);
        Assert.All(await Task.WhenAll(late), a => Assert.False(a.Accepted));
        var answers = await Task.WhenAll(submits);
        foreach (var (id, _) in answers.Where(a => a.Accepted))
        {
            ledger.Acknowledge(id);
        }

        return [.. answers.Where(a => !a.Accepted).Select(a => a.Id)];
    }

    private static async Task<(string Id, bool Accepted)> SubmitAsync(HurtGrid grid, Ledger ledger)
    {
        var id = Guid.CreateVersion7().ToString();
        ledger.Attempt(id);
        try
        {
            var (status, body) = await grid.Web.TryAsync(HttpMethod.Post, "/api/v1/tasks", new { id, task = "work", args = new { milliseconds = 1 } });
            Assert.True(status is HttpStatusCode.Accepted or HttpStatusCode.ServiceUnavailable, $"{status} {body}");
            return (id, status == HttpStatusCode.Accepted);
        }
        catch (OperationCanceledException)
        {
            // No answer within 20 seconds is none.
            return (id, false);
        }
    }

    private static async Task AskAsync(RedisServer redis, string command, params object[] words)
    {
        await using var admin = await ConnectionMultiplexer.ConnectAsync($"{redis.ConnectionString},allowAdmin=true");
        await admin.GetDatabase().ExecuteAsync(command, words);
    }
}
