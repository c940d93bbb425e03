using System.Net;
using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>Silos and clients that reach Redis and not each other.</summary>
[Collection(Alone.Name)]
public sealed class When_the_network_is_cut(ITestOutputHelper output)
{
    private static readonly TimeSpan s_cut = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_takeover = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Those that agree outvote the one, which ends when it reads so; until then it lives, as far as it can tell, and so do its beats in the
    /// store.
    /// </summary>
    [Fact(Explicit = true)]
    public async Task A_silo_and_the_others_do_not_reach_each_other()
    {
        await using var grid = await HurtGrid.StartAsync(new() { HasInwardWays = true });
        Member victim = null!;
        var (cutAt, healedAt, oneViewAt) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        var report = await grid.RunAsync(async _ =>
        {
            victim = await grid.BusyAsync();
            var others = grid.Members.Where(m => m != victim).ToList();
            var silos = grid.Members.Select(m => m.Silo.Pid).ToHashSet();
            cutAt = RealGrid.Now;
            victim.Inward[0].Cut(silos.Contains);
            others.ForEach(o => o.Inward[0].Cut(pid => pid == victim.Silo.Pid));
            await OverAsync(() => victim.Silo.HasExited);
            foreach (var member in others.Append(victim))
            {
                member.Inward[0].Heal();
            }

            healedAt = RealGrid.Now;
            await grid.RestoreAsync();
            await RealGrid.UntilAsync(async () => await grid.Grid.ActiveSilosAsync() == 3, "there is one view of three silos");
            oneViewAt = RealGrid.Now;
        });
        report.Say(output, ("silos that ended", report.Ended.Count), ("one view of three silos after the way was whole again, s", (oneViewAt - healedAt).TotalSeconds));
        Assert.Equal([victim.Silo.Pid], report.Ended.Select(e => e.Pid));
        Assert.All(report.Findings.Overlaps, o => Assert.Contains(victim.Silo.Pid, new[] { o.First.Pid, o.Second.Pid }));
        // It may go on until it reads that it is outvoted.
        report.Check(mayOverlap: true, mostRepeats: report.Unstored(cutAt, victim.Silo.Pid) + report.Unstored(grid.Deaths[victim.Silo.Pid], victim.Silo.Pid), mayEnd: victim.Silo.Pid);
    }

    [Fact(Explicit = true)]
    public async Task The_web_application_reaches_no_silo()
    {
        await using var grid = await HurtGrid.StartAsync(new() { HasInwardWays = true });
        var (healedAt, firstAt) = (TimeSpan.Zero, TimeSpan.Zero);
        var report = await grid.RunAsync(async ledger =>
        {
            grid.Members.ForEach(m => m.Inward[1].Cut());
            await OverAsync(() => false);
            grid.Members.ForEach(m => m.Inward[1].Heal());
            healedAt = RealGrid.Now;
            await grid.Web.SubmitAsync(ledger, "work", new { milliseconds = 1 });
            firstAt = RealGrid.Now;
        });
        report.Say(output, ("first yes after the way was whole again, s", (firstAt - healedAt).TotalSeconds));
        Assert.True(report.Repeated > 0, "every request was answered");
        Assert.True(firstAt - healedAt < TimeSpan.FromSeconds(15), $"the first yes came {(firstAt - healedAt).TotalSeconds:0.0} s after the way was whole again");
        report.Check();
    }

    /// <summary>
    /// The gateway that most of its requests go through swallows what it is sent, and is there for everybody else: nothing but the silence of 8 s tells. Submits
    /// then take another way, which may be the same gateway's again.
    /// </summary>
    [Fact(Explicit = true)]
    public async Task The_web_application_does_not_reach_one_silo()
    {
        await using var grid = await HurtGrid.StartAsync(new() { HasInwardWays = true });
        TcpProxy way = null!;
        var (cutAt, firstAt) = (TimeSpan.Zero, TimeSpan.Zero);
        var report = await grid.RunAsync(async ledger =>
        {
            way = grid.Members.Select(m => m.Inward[1]).MaxBy(w => w.Passed)!;
            way.Cut(pid => pid == grid.Web.Pid);
            cutAt = RealGrid.Now;
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => grid.Web.SubmitAsync(ledger, "work", new { milliseconds = 1 })));
            firstAt = RealGrid.Now;
            await RealGrid.UntilAsync(cutAt + s_cut);
            way.Heal();
        });
        report.Say(output, ("requests that had to be repeated", report.Repeated), ("20 submits accepted in spite of it after, s", (firstAt - cutAt).TotalSeconds));
        Assert.True(way.Held > 0, "nothing went that way");
        Assert.True(firstAt - cutAt < TimeSpan.FromMinutes(1), $"it took {(firstAt - cutAt).TotalSeconds:0.0} s until 20 submits were accepted");
        report.Check();
    }

    /// <summary>A silo that reaches nothing and nobody, by the kernel's own means: it hears of no connection that ends.</summary>
    [Fact(Explicit = true)]
    public async Task The_cable_of_a_silo_is_pulled()
    {
        Assert.SkipUnless(Cable.IsPossible, "a network of its own for a process takes root and ip");
        await using var cable = await Cable.LayAsync();
        await using var grid = await HurtGrid.StartAsync(new() { Cable = cable });
        var victim = grid.Members.Single(m => !IPAddress.IsLoopback(m.Way.EndPoint.Address));
        IReadOnlyList<Execution> interrupted = [];
        var (pulledAt, pluggedAt) = (TimeSpan.Zero, TimeSpan.Zero);
        Execution held = null!;
        var report = await grid.RunAsync(async ledger =>
        {
            held = await grid.HoldAsync(ledger, victim);
            await grid.FreezeBusyAsync(victim);
            pulledAt = RealGrid.Now;
            await cable.PullAsync();
            interrupted = grid.OpenRunsOf(victim);
            await victim.Silo.ThawAsync();
            await OverAsync(() => false);
            await cable.PlugAsync();
            pluggedAt = RealGrid.Now;
        });
        var restarts = report.RestartsOf(interrupted, pulledAt);
        report.Say(output, [.. restarts.Select(r => ("interrupted tasks began again after, s", r.TotalSeconds))]);
        Assert.NotEmpty(restarts);
        Assert.True(restarts[^1] < s_takeover, $"the last interrupted task ran again after {restarts[^1].TotalSeconds:0.0} s");
        var stopped = grid.Now(held);
        Assert.True(stopped.WasStopped, "what it ran came to its end");
        Assert.InRange(stopped.EndedAt!.Value - pulledAt, TimeSpan.Zero, TimeSpan.FromSeconds(6));
        // It can't show that it lives, so it begins nothing, and stops what it has before anybody else may begin that.
        Assert.DoesNotContain(report.Runs, r => r.Pid == victim.Silo.Pid && r.StartedAt > pulledAt + TimeSpan.FromSeconds(5) && r.StartedAt < pluggedAt);
        report.Check(mostRepeats: report.Unstored(pulledAt, victim.Silo.Pid), mayEnd: victim.Silo.Pid);
    }

    private static async Task OverAsync(Func<bool> early)
    {
        var since = RealGrid.Now;
        await RealGrid.UntilAsync(() => Task.FromResult(early() || RealGrid.Now - since > s_cut), "30 seconds are over");
    }
}
