using System.Net;
using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>One silo's way to all others, to Redis and to clients is whole, and bad: nobody may take it for dead.</summary>
[Collection(Alone.Name)]
public sealed class When_a_cable_is_bad(ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    public async Task It_loses_every_tenth_packet()
    {
        await using var cable = await LayAsync();
        await using var grid = await HurtGrid.StartAsync(new() { Cable = cable });
        var lost = 0L;
        await CheckAsync(grid, async ledger =>
        {
            await cable.LoseAsync(percent: 10);
            await WorkAsync(grid, ledger, TimeSpan.FromSeconds(100), "work", new { milliseconds = 200 });
            lost = await cable.LoseNothingAsync();
        });
        output.WriteLine($"{lost} packets were lost");
        Assert.True(lost > 1000, $"only {lost} packets were lost");
    }

    /// <summary>What is large goes over it beside what says that the silo lives.</summary>
    [Fact(Explicit = true)]
    public async Task It_carries_a_megabit_a_second()
    {
        await using var cable = await LayAsync();
        await using var grid = await HurtGrid.StartAsync(new() { Cable = cable });
        await CheckAsync(grid, async ledger =>
        {
            await cable.NarrowAsync(kilobits: 1000);
            await WorkAsync(grid, ledger, TimeSpan.FromSeconds(60), "bulky", new { milliseconds = 10, bytes = 20_000 });
            await cable.WidenAsync();
        });
    }

    private static async Task<Cable> LayAsync()
    {
        Assert.SkipUnless(Cable.CanBeBad, "a bad network for a process takes root, ip, tc and nft (Debian: apt-get install iproute2 nftables)");
        return await Cable.LayAsync();
    }

    private async Task CheckAsync(HurtGrid grid, Func<Ledger, Task> hurt)
    {
        var victim = grid.Members.Single(m => !IPAddress.IsLoopback(m.Way.EndPoint.Address));
        var (from, until) = (TimeSpan.Zero, TimeSpan.Zero);
        var report = await grid.RunAsync(async ledger =>
        {
            from = RealGrid.Now;
            await hurt(ledger);
            until = RealGrid.Now;
        });
        var runs = report.Runs.Count(r => r.Pid == victim.Silo.Pid && r.StartedAt > from && r.EndedAt < until);
        report.Say(output, ("runs over the bad cable", runs));
        Assert.True(runs > 0, "nothing ran on the silo at the bad cable");
        report.Check();
    }

    /// <summary>As many tasks as all silos have slots, and the same again when they have ended.</summary>
    private static async Task WorkAsync(HurtGrid grid, Ledger ledger, TimeSpan time, string task, object args)
    {
        var since = RealGrid.Now;
        while (RealGrid.Now - since < time)
        {
            var ids = await Task.WhenAll(Enumerable.Range(0, 48).Select(_ => grid.Web.SubmitAsync(ledger, task, args)));
            await Task.WhenAll(ids.Select(id => grid.Web.FinalAsync(ledger, id, TimeSpan.FromSeconds(60))));
        }
    }
}
