using System.Collections.Concurrent;
using System.Globalization;
using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>
/// The fault matrix: one cluster, hurt in one way after the other. After each fault nothing acknowledged is lost, nothing runs that was not
/// submitted, no stale result stands, and every answer was one that a client can act on.
/// </summary>
[Collection(Alone.Name)]
public sealed class When_the_grid_is_hurt(HurtGrid grid, ITestOutputHelper output) : IClassFixture<HurtGrid>
{
    // Each has a connection of its own, and a web process takes 10,000.
    private const int BurstAtOnce = 4000;

    private static readonly TimeSpan s_restart = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_takeover = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task A_silo_is_killed()
    {
        IReadOnlyList<Execution> interrupted = [];
        var killedAt = TimeSpan.Zero;
        Member victim = null!;
        var report = await grid.RunAsync(async _ =>
        {
            victim = await grid.FreezeBusyAsync();
            killedAt = RealGrid.Now;
            await grid.KillAsync(victim);
            interrupted = grid.OpenRunsOf(victim);
        });
        Say(report, interrupted, killedAt, s_restart);
        report.Check(mostRepeats: report.Unstored(killedAt, victim.Silo.Pid));
    }

    [Fact]
    public async Task Two_silos_are_killed()
    {
        IReadOnlyList<Execution> interrupted = [];
        var killedAt = TimeSpan.Zero;
        Member[] victims = [];
        var report = await grid.RunAsync(async _ =>
        {
            victims = [await grid.FreezeBusyAsync()];
            victims = [.. victims, grid.Members.First(m => m != victims[0])];
            killedAt = RealGrid.Now;
            await Task.WhenAll(victims.Select(grid.KillAsync));
            interrupted = [.. victims.SelectMany(grid.OpenRunsOf)];
        });
        Say(report, interrupted, killedAt, s_takeover);
        report.Check(mostRepeats: report.Unstored(killedAt, victims.Select(v => v.Silo.Pid)));
    }

    [Fact]
    public async Task All_silos_are_killed()
    {
        IReadOnlyList<Execution> interrupted = [];
        var killedAt = TimeSpan.Zero;
        List<Member> victims = [];
        var report = await grid.RunAsync(async _ =>
        {
            victims = [.. grid.Members];
            await grid.FreezeBusyAsync();
            killedAt = RealGrid.Now;
            await Task.WhenAll(victims.Select(grid.KillAsync));
            interrupted = [.. victims.SelectMany(grid.OpenRunsOf)];
            await grid.RestoreAsync();
            output.WriteLine($"three silos were there again after {(RealGrid.Now - killedAt).TotalSeconds:0.0} s");
        });
        Say(report, interrupted, killedAt, TimeSpan.FromSeconds(20));
        report.Check(mostRepeats: report.Unstored(killedAt, victims.Select(v => v.Silo.Pid)));
    }

    /// <summary>Each request that had no answer is repeated with its idempotency key; the grid must not know it twice.</summary>
    [Fact]
    public async Task The_web_application_is_killed_while_it_accepts()
    {
        var kills = int.TryParse(Environment.GetEnvironmentVariable("TASKGRID_FAULTS_WEB_KILLS"), CultureInfo.InvariantCulture, out var n) ? n : 20;
        var random = new Random(1);
        var keys = new List<string>();
        var report = await grid.RunAsync(async ledger =>
        {
            for (var i = 0; i < kills; i++)
            {
                string[] some = [.. Enumerable.Range(0, 10).Select(_ => Guid.NewGuid().ToString())];
                keys.AddRange(some);
                var submits = some.Select(key => grid.Web.SubmitOnceAsync(ledger, key, "work", new { milliseconds = 1 })).ToList();
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20)), TimeProvider.System);
                await grid.Web.KillAsync();
                await grid.Web.RestartAsync();
                foreach (var id in await Task.WhenAll(submits))
                {
                    await grid.Web.FinalAsync(ledger, id, TimeSpan.FromSeconds(60));
                }
            }

            // Whoever asks once more, and has forgotten the answer, is given the same one.
            foreach (var some in keys.Chunk(20))
            {
                await Task.WhenAll(some.Select(key => grid.Web.SubmitOnceAsync(ledger, key, "work", new { milliseconds = 1 })));
            }
        });
        report.Say(output);
        Assert.True(report.Repeated >= kills, $"only {report.Repeated} requests were repeated: the kills came too late");
        report.Check();
    }

    [Fact]
    public async Task A_silo_is_frozen_for_20_seconds()
    {
        IReadOnlyList<Execution> interrupted = [];
        var (frozenAt, thawedAt) = (TimeSpan.Zero, TimeSpan.Zero);
        Member victim = null!;
        var report = await grid.RunAsync(async ledger =>
        {
            victim = await grid.BusyAsync();
            await grid.HoldAsync(ledger, victim);
            await grid.FreezeBusyAsync(victim);
            frozenAt = RealGrid.Now;
            interrupted = grid.OpenRunsOf(victim);
            await RealGrid.UntilAsync(frozenAt + TimeSpan.FromSeconds(20));
            thawedAt = RealGrid.Now;
            await victim.Silo.ThawAsync();
            await RealGrid.UntilAsync(() => Task.FromResult(victim.Silo.HasExited || grid.OpenRunsOf(victim).Count == 0), "what was frozen ends", TimeSpan.FromSeconds(5));
            // It counts as dead, and learns so.
            await RealGrid.UntilAsync(() => Task.FromResult(victim.Silo.HasExited), "the silo ends", TimeSpan.FromSeconds(30));
        });
        Say(report, interrupted, frozenAt, s_takeover);
        report.Check(mayOverlap: true, mostRepeats: report.Unstored(frozenAt, victim.Silo.Pid), mayEnd: victim.Silo.Pid);
        report.CheckOverlapsAreOf(victim.Silo.Pid, until: thawedAt + TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Redis_is_killed_and_down_for_20_seconds()
    {
        var (backAt, firstAt) = (TimeSpan.Zero, TimeSpan.Zero);
        var report = await grid.RunAsync(async ledger =>
        {
            var downAt = RealGrid.Now;
            await grid.Redis.KillWrittenAsync();
            await RealGrid.UntilAsync(downAt + TimeSpan.FromSeconds(20));
            await grid.Redis.RestartAsync();
            backAt = RealGrid.Now;
            await grid.Web.SubmitAsync(ledger, "work", new { milliseconds = 1 });
            firstAt = RealGrid.Now;
        });
        var all = await grid.AllWorkAsync(new());
        report.Say(output, ("first yes after Redis was back, s", (firstAt - backAt).TotalSeconds), ("every silo ran tasks again after another, s", all.TotalSeconds));
        Assert.True(firstAt - backAt < TimeSpan.FromSeconds(5), $"the first yes came {(firstAt - backAt).TotalSeconds:0.0} s after Redis was back");
        report.Check();
    }

    [Theory]
    [InlineData(8)]
    [InlineData(20, Explicit = true)]
    public async Task Redis_is_frozen(int seconds)
    {
        var (thawedAt, firstAt) = (TimeSpan.Zero, TimeSpan.Zero);
        var report = await grid.RunAsync(async ledger =>
        {
            await grid.Redis.SignalAsync("STOP");
            var frozenAt = RealGrid.Now;
            await RealGrid.UntilAsync(frozenAt + TimeSpan.FromSeconds(seconds));
            await grid.Redis.SignalAsync("CONT");
            thawedAt = RealGrid.Now;
            await grid.Web.SubmitAsync(ledger, "work", new { milliseconds = 1 });
            firstAt = RealGrid.Now;
        });
        report.Say(output, ("first yes after it went on, s", (firstAt - thawedAt).TotalSeconds));
        Assert.True(firstAt - thawedAt < TimeSpan.FromSeconds(5), $"the first yes came {(firstAt - thawedAt).TotalSeconds:0.0} s after Redis went on");
        report.Check();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true, Explicit = true)]
    public async Task A_silo_is_cut_off_from_Redis_for_20_seconds(bool hasTheDispatcher)
    {
        var (cutAt, silence) = (TimeSpan.Zero, TimeSpan.Zero);
        (Member victim, Execution held) = (null!, null!);
        var report = await grid.RunAsync(async ledger =>
        {
            var dispatcher = await grid.Grid.DispatcherOfAsync("default");
            victim = grid.Members.First(m => m.Silo == dispatcher == hasTheDispatcher);
            held = await grid.HoldAsync(ledger, victim);
            cutAt = RealGrid.Now;
            victim.Way.Cut();
            await RealGrid.UntilAsync(cutAt + TimeSpan.FromSeconds(20));
            silence = ledger.LongestSilence(cutAt, RealGrid.Now);
            victim.Way.Heal();
        });
        var (stopped, again) = (grid.Now(held), report.RestartsOf([held], cutAt)[0]);
        // Nothing is begun any more where no outcome is stored.
        var meanwhile = report.Runs.Where(r => r.StartedAt > cutAt + TimeSpan.FromSeconds(2.5) && r.StartedAt < cutAt + TimeSpan.FromSeconds(20)).ToLookup(r => r.Pid == victim.Silo.Pid);
        // It can't show that it lives: it stops what runs 4 s after its last beat, 2 s before anybody else may begin it.
        report.Say(output, ("what it ran was stopped after, s", (stopped.EndedAt!.Value - cutAt).TotalSeconds), ("and began again elsewhere after, s", again.TotalSeconds), ("longest time without a yes, s", silence.TotalSeconds));
        Assert.True(stopped.WasStopped, "what it ran came to its end");
        Assert.InRange(stopped.EndedAt.Value - cutAt, TimeSpan.Zero, TimeSpan.FromSeconds(6));
        Assert.True(again < s_takeover, $"it ran again after {again.TotalSeconds:0.0} s");
        Assert.True(silence < s_restart, $"nothing was accepted for {silence.TotalSeconds:0.0} s");
        Assert.Empty(meanwhile[true]);
        Assert.NotEmpty(meanwhile[false]);
        report.Check(mostRepeats: report.Unstored(cutAt, victim.Silo.Pid), mayEnd: victim.Silo.Pid);
    }

    [Fact]
    public async Task Redis_is_slow_and_connections_break()
    {
        var broken = 0;
        var report = await grid.RunAsync(async _ =>
        {
            var ways = grid.Ways.ToList();
            ways.ForEach(w => w.Delay = (TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(300)));
            var since = RealGrid.Now;
            using var tick = new PeriodicTimer(TimeSpan.FromSeconds(1));
            while (RealGrid.Now - since < TimeSpan.FromSeconds(20) && await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken))
            {
                broken += ways.Sum(w => w.Reset(share: 0.05));
            }

            ways.ForEach(w => w.Delay = default);
        });
        report.Say(output, ("connections that were broken", broken));
        Assert.True(broken > 0, "no connection was broken");
        report.Check();
    }

    [Fact]
    public async Task A_burst_comes_all_at_once()
    {
        var (size, before, most) = (10 * HurtGrid.N, 0L, 0L);
        var took = new ConcurrentBag<double>();
        var report = await grid.RunAsync(async ledger =>
        {
            before = most = grid.Web.Memory;
            using var over = new CancellationTokenSource();
            var watching = WatchAsync(over.Token);
            var burst = new List<string>();
            try
            {
                for (var left = size; left > 0; left -= BurstAtOnce)
                {
                    burst.AddRange(await Task.WhenAll(Enumerable.Range(0, Math.Min(left, BurstAtOnce)).Select(async _ =>
                    {
                        var since = RealGrid.Now;
                        var id = await grid.Web.SubmitAsync(ledger, "work", new { milliseconds = 1 });
                        took.Add((RealGrid.Now - since).TotalSeconds);
                        return id;
                    })));
                }
            }
            finally
            {
                await over.CancelAsync();
                await watching;
            }

            await Parallel.ForEachAsync(burst, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (id, _) => await grid.Web.FinalAsync(ledger, id, TimeSpan.FromSeconds(60)));
        });
        report.Say(output, ("accepted after, p99, s", took.Order().ElementAt((int)(took.Count * 0.99))), ("the web application grew by, MB", (most - before) / 1e6));
        Assert.True(most - before < 500_000_000, $"the web application grew by {(most - before) / 1e6:0} MB");
        report.Check();

        async Task WatchAsync(CancellationToken over)
        {
            using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            while (!over.IsCancellationRequested)
            {
                most = Math.Max(most, grid.Web.Memory);
                await tick.WaitForNextTickAsync(CancellationToken.None);
            }
        }
    }

    private void Say(CaseReport report, IReadOnlyList<Execution> interrupted, TimeSpan since, TimeSpan limit)
    {
        var restarts = report.RestartsOf(interrupted, since);
        report.Say(output, [.. restarts.Select(r => ("interrupted tasks began again after, s", r.TotalSeconds))]);
        Assert.NotEmpty(restarts);
        Assert.True(restarts[^1] < limit, $"the last interrupted task ran again after {restarts[^1].TotalSeconds:0.0} s");
    }
}
