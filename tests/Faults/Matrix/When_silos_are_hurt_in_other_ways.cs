using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>What else can happen to silos. Longer than every run has time for: part of the long form.</summary>
[Collection(Alone.Name)]
public sealed class When_silos_are_hurt_in_other_ways(HurtGrid grid, ITestOutputHelper output) : IClassFixture<HurtGrid>
{
    [Theory(Explicit = true)]
    [InlineData(5)]
    [InlineData(90)]
    public async Task A_silo_is_frozen(int seconds)
    {
        IReadOnlyList<Execution> interrupted = [];
        var (frozenAt, thawedAt) = (TimeSpan.Zero, TimeSpan.Zero);
        Member victim = null!;
        var report = await grid.RunAsync(async ledger =>
        {
            victim = await grid.BusyAsync();
            if (seconds > 6)
            {
                await grid.HoldAsync(ledger, victim);
            }

            await grid.FreezeBusyAsync(victim);
            frozenAt = RealGrid.Now;
            interrupted = grid.OpenRunsOf(victim);
            await RealGrid.UntilAsync(frozenAt + TimeSpan.FromSeconds(seconds));
            thawedAt = RealGrid.Now;
            await victim.Silo.ThawAsync();
            await RealGrid.UntilAsync(
                () => Task.FromResult(victim.Silo.HasExited || interrupted.All(i => grid.Executions.Any(r => r.Id == i.Id && r.Token == i.Token && r.EndedAt is not null))),
                "what was frozen ends", TimeSpan.FromSeconds(5));
            // If it was taken for dead, it learns so.
            await RealGrid.UntilAsync(async () => victim.Silo.HasExited || await grid.Grid.ActiveSilosAsync() == 3, "the silo ends, or counts as alive", TimeSpan.FromSeconds(30));
        });
        var restarts = seconds > 6 ? report.RestartsOf(interrupted, frozenAt) : [];
        report.Say(output, [.. restarts.Select(r => ("interrupted tasks began again after, s", r.TotalSeconds))]);
        Assert.All(restarts, r => Assert.True(r < TimeSpan.FromSeconds(15), $"an interrupted task ran again after {r.TotalSeconds:0.0} s"));
        report.CheckOverlapsAreOf(victim.Silo.Pid, until: thawedAt + TimeSpan.FromSeconds(5));
        report.Check(mayOverlap: true, mostRepeats: report.Unstored(frozenAt, victim.Silo.Pid), mayEnd: victim.Silo.Pid);
    }

    [Fact(Explicit = true)]
    public async Task All_silos_are_killed_and_come_back_at_the_same_addresses()
    {
        var ports = Enumerable.Range(0, 3).Select(_ => new[] { ("TaskGrid__SiloPort", $"{Ports.Free()}"), ("TaskGrid__GatewayPort", $"{Ports.Free()}") }).ToList();
        await grid.RestoreAsync();
        await Task.WhenAll(grid.Members.ToList().Select(grid.StopAsync));
        await Task.WhenAll(ports.Select(grid.AddAsync));
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
            await Task.WhenAll(ports.Select(grid.AddAsync));
        });
        var restarts = report.RestartsOf(interrupted, killedAt);
        report.Say(output, [.. restarts.Select(r => ("interrupted tasks began again after, s", r.TotalSeconds))]);
        Assert.True(restarts[^1] < TimeSpan.FromSeconds(20), $"the last interrupted task ran again after {restarts[^1].TotalSeconds:0.0} s");
        report.Check(mostRepeats: report.Unstored(killedAt, victims.Select(v => v.Silo.Pid)));
    }

    [Fact(Explicit = true)]
    public async Task A_silo_is_killed_twenty_times()
    {
        const int kills = 20;
        var restarts = new List<TimeSpan>();
        for (var i = 0; i < kills; i++)
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
            var found = report.RestartsOf(interrupted, killedAt);
            restarts.AddRange(found);
            report.Say(output, [.. found.Select(r => ("interrupted tasks began again after, s", r.TotalSeconds))]);
            report.Check(mostRepeats: report.Unstored(killedAt, victim.Silo.Pid));
        }

        restarts.Sort();
        var p95 = restarts[(int)Math.Ceiling(restarts.Count * 0.95) - 1];
        output.WriteLine($"{restarts.Count} interrupted runs of {kills} kills began again after {restarts[restarts.Count / 2].TotalSeconds:0.0} s (p50), {p95.TotalSeconds:0.0} s (p95)");
        Assert.True(p95 < TimeSpan.FromSeconds(10), $"p95 is {p95.TotalSeconds:0.0} s");
    }

    /// <summary>It waits 25 s for what runs, of the 30 that its host lets it, stops what has not ended then, and gives it back.</summary>
    [Fact(Explicit = true)]
    public async Task A_silo_is_stopped_while_a_task_runs_for_a_minute()
    {
        var (stoppedAt, endedAt) = (TimeSpan.Zero, TimeSpan.Zero);
        Member victim = null!;
        string held = "";
        var report = await grid.RunAsync(async ledger =>
        {
            held = await grid.Web.SubmitAsync(ledger, "work", new { milliseconds = 1, hold = true });
            await RealGrid.UntilAsync(() => Task.FromResult(grid.Executions.Any(r => r.Id == held)), "the long task runs");
            var pid = grid.Executions.Single(r => r.Id == held).Pid;
            victim = grid.Members.Single(m => m.Silo.Pid == pid);
            stoppedAt = RealGrid.Now;
            await grid.StopAsync(victim);
            endedAt = RealGrid.Now;
            await grid.Web.FinalAsync(ledger, held, TimeSpan.FromSeconds(60));
        });
        var again = report.Runs.Where(r => r.Id == held).MaxBy(r => r.Token)!.StartedAt - endedAt;
        report.Say(output, ("its exit after, s", (endedAt - stoppedAt).TotalSeconds), ("the long task began again after its exit, s", again.TotalSeconds));
        Assert.True(endedAt - stoppedAt < TimeSpan.FromSeconds(35), $"it took {(endedAt - stoppedAt).TotalSeconds:0.0} s to stop");
        Assert.True(again < TimeSpan.FromSeconds(10), $"the long task ran again {again.TotalSeconds:0.0} s after the exit");
        report.Check(mostRepeats: 1);
    }

    /// <summary>The kernel kills the silo: three times, and then the grid gives the task up.</summary>
    [Fact(Explicit = true)]
    public async Task A_task_eats_all_memory()
    {
        Assert.SkipUnless(MemoryLimit.IsPossible, "limiting a process' memory takes root and the memory controller of cgroups");
        using var limit = new MemoryLimit(700_000_000);
        var state = "";
        var report = await grid.RunAsync(async ledger =>
        {
            await Task.WhenAll(grid.Members.ToList().Select(grid.StopAsync));
            var devourer = grid.Web.SubmitAsync(ledger, "devour", new { }, end: TaskState.Failed);
            for (var deaths = 0; deaths < 3; deaths++)
            {
                var silo = await grid.AddAsync();
                limit.Add(silo.Silo.Pid);
                await silo.Silo.ExitedAsync();
                await grid.KillAsync(silo);
            }

            await grid.RestoreAsync();
            state = (await grid.Web.FinalAsync(ledger, await devourer, TimeSpan.FromSeconds(60))).ToString();
        });
        report.Say(output);
        Assert.Contains(ErrorCodes.WorkerCrash, state, StringComparison.Ordinal);
        Assert.True(report.Ended.Count == 3, string.Join("\n\n", report.Ended.Select(e => e.LastWords)));
        report.Check(mostRepeats: report.Ended.Sum(e => report.Unstored(grid.Deaths[e.Pid], e.Pid)), mayEnd: report.Ended.Select(e => e.Pid));
    }

    /// <summary>
    /// Three quarters of the slots hold threads of the pool that everybody shares. A pool that stands still gets no more of them from .NET while the
    /// processors are busy, whoever keeps them so.
    /// </summary>
    [Theory(Explicit = true)]
    [InlineData("block", 0)]
    [InlineData("block", 2)]
    [InlineData("block_apart", 0)]
    public async Task Tasks_block_their_threads(string task, int busyProcesses)
    {
        var others = Enumerable.Range(0, busyProcesses).Select(_ => BusyProcess.Start()).ToList();
        var delays = new List<TimeSpan>();
        try
        {
            var report = await RunAsync();
            delays.Sort();
            report.Say(output, ("another queue's task, submit to result, p99, s", delays[98].TotalSeconds));
            Assert.True(delays[98] < TimeSpan.FromSeconds(5), $"p99 is {delays[98].TotalSeconds:0.0} s");
            report.Check();
        }
        finally
        {
            others.ForEach(o => o.Dispose());
        }

        Task<CaseReport> RunAsync() => grid.RunAsync(async ledger =>
        {
            await grid.Queues.ConfigureAsync("blocking", new() { Limits = new(Concurrency: 36) });
            var blocked = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => grid.Web.SubmitAsync(ledger, task, new { milliseconds = 15_000 }, new() { ["queue"] = "blocking" })));
            for (var i = 0; i < 100; i++)
            {
                var since = RealGrid.Now;
                // Not behind the case's own load, which waits for the slots that are left.
                var id = await grid.Web.SubmitAsync(ledger, "work", new { milliseconds = 1 }, new() { ["queue"] = "aside" });
                await grid.Web.FinalAsync(ledger, id, TimeSpan.FromSeconds(60));
                delays.Add(RealGrid.Now - since);
            }

            await Task.WhenAll(blocked.Select(id => grid.Web.FinalAsync(ledger, id, TimeSpan.FromMinutes(2))));
        });
    }

    /// <summary>Their code can't be ended, only left alone: the slots that they hold are gone until their silos end.</summary>
    [Fact(Explicit = true)]
    public async Task Tasks_never_end()
    {
        var late = new List<double>();
        try
        {
            var report = await RunAsync();
            report.Say(output, [.. late.Select(l => ("over the limit of 5 s, s", l))]);
            Assert.All(late, l => Assert.InRange(l, 0, 5));
            report.Check();
        }
        finally
        {
            // What never ends goes with its silo.
            await Task.WhenAll(grid.Members.ToList().Select(grid.KillAsync));
        }

        Task<CaseReport> RunAsync() => grid.RunAsync(async ledger =>
        {
            var ids = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => grid.Web.SubmitAsync(ledger, "spin", new { }, new() { ["timeLimit"] = 5, ["maxAttempts"] = 1 }, TaskState.Failed)));
            foreach (var id in ids)
            {
                var snapshot = await grid.Web.FinalAsync(ledger, id, TimeSpan.FromSeconds(60));
                Assert.Contains(ErrorCodes.TimeLimitExceeded, snapshot.ToString(), StringComparison.Ordinal);
                late.Add((snapshot.GetProperty("finishedAt").GetDateTimeOffset() - snapshot.GetProperty("startedAt").GetDateTimeOffset()).TotalSeconds - 5);
            }
        });
    }

    [Theory(Explicit = true)]
    [InlineData("crash")]
    [InlineData("overflow")]
    public async Task A_task_ends_its_process_each_time(string task)
    {
        var state = "";
        var report = await grid.RunAsync(async ledger =>
        {
            var id = await grid.Web.SubmitAsync(ledger, task, new { }, end: TaskState.Failed);
            for (var deaths = 0; deaths < 3; deaths++)
            {
                await RealGrid.UntilAsync(() => Task.FromResult(grid.Members.Any(m => m.Silo.HasExited)), "a silo has died");
                await grid.RestoreAsync();
            }

            state = (await grid.Web.FinalAsync(ledger, id, TimeSpan.FromSeconds(60))).ToString();
        });
        report.Say(output);
        Assert.Contains(ErrorCodes.WorkerCrash, state, StringComparison.Ordinal);
        Assert.True(report.Ended.Count == 3, string.Join("\n\n", report.Ended.Select(e => e.LastWords)));
        report.Check(mostRepeats: report.Ended.Sum(e => report.Unstored(grid.Deaths[e.Pid], e.Pid)), mayEnd: report.Ended.Select(e => e.Pid));
    }
}
