using System.Numerics;
using TaskGrid.Tasks;

namespace TaskGrid.Store;

public sealed class StatsTests(StoreServers servers) : StoreTest(servers)
{
    [Theory, OnEveryStore]
    public async Task Read_Figures_AreWhatHasHappened(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("s", "f", "r", "c", "run", "wait");
        await grid.SucceedAsync(await grid.LeaseOneAsync(silo, "s"));
        await grid.FailAsync(await grid.LeaseOneAsync(silo, "f"));
        await grid.PassAsync(TimeSpan.FromSeconds(10));
        await grid.RetryAsync(await grid.LeaseOneAsync(silo, "r"), TimeSpan.FromHours(1));
        await grid.Tasks.CancelAsync("c", "requested");
        await grid.LeaseOneAsync(silo, "run");
        var stats = await grid.Stats.ReadAsync();
        Assert.Equal(new(6, 1, 1, 1, 1), stats.Total);
        Assert.Equal((1L, 1L, 1L, 1L, 1L), (stats.Succeeded, stats.Failed, stats.Cancelled, stats.Running, stats.Retrying));
        Assert.Equal([new(6, 1, 1, 0, 0), new(0, 0, 0, 1, 1)], stats.History.TakeLast(2).Select(s => s.Happenings));
        Assert.Equal(360, stats.History.Count);
        Assert.Equal(TestGrid.Start + 10_000, stats.History[^1].At.ToUnixTimeMilliseconds());

        await grid.RetryByHandAsync("f");
        await grid.Tasks.ForgetAsync("s");
        stats = await grid.Stats.ReadAsync();
        Assert.Equal((0L, 0L, 1L), (stats.Succeeded, stats.Failed, stats.Cancelled));
        Assert.Equal(new(6, 1, 1, 1, 1), stats.Total);
        Assert.Equal(["run"], (await grid.Stats.RunningAsync()).Select(t => t.Task.Id));

        // What is tried again waits no more.
        await grid.PassAsync(TimeSpan.FromHours(2));
        Assert.Contains(await grid.LeaseAsync(silo), l => l.Id == "r");
        Assert.Equal(0, (await grid.Stats.ReadAsync()).Retrying);
    }

    /// <summary>Whichever way the store takes: it ends a plain success in a way of its own.</summary>
    [Theory, OnEveryStore("plain", "with terms", "failed", "retried")]
    public async Task Read_History_SaysHowLongTasksWaitedAndAttemptsRan(StoreKind store, string way)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.Tasks.AcceptAsync(TestGrid.Task("a", delay: TimeSpan.FromSeconds(60), terms: way == "with terms" ? new() { Tags = ["t"] } : null));
        await grid.PassAsync(TimeSpan.FromSeconds(64));
        var lease = await grid.LeaseOneAsync(silo, "a");
        await grid.PassAsync(TimeSpan.FromSeconds(1));
        await (way switch
        {
            "failed" => grid.FailAsync(lease),
            "retried" => grid.RetryAsync(lease, TimeSpan.FromSeconds(10)),
            _ => grid.SucceedAsync(lease),
        });
        var history = (await grid.Stats.ReadAsync()).History;
        AssertAbout(TimeSpan.FromSeconds(4), history[^1].Wait);
        AssertAbout(TimeSpan.FromSeconds(1), history[^1].Run);
        Assert.DoesNotContain(history.SkipLast(1), s => s.Wait is not null || s.Run is not null);
        if (way != "retried")
        {
            return;
        }

        // The next attempt is waited for from its own due instant on.
        await grid.PassAsync(TimeSpan.FromSeconds(12));
        lease = await grid.LeaseOneAsync(silo, "a");
        await grid.PassAsync(TimeSpan.FromMilliseconds(100));
        await grid.SucceedAsync(lease);
        var last = (await grid.Stats.ReadAsync()).History[^1];
        AssertAbout(TimeSpan.FromSeconds(2), last.Wait);
        AssertAbout(TimeSpan.FromMilliseconds(100), last.Run);
    }

    [Theory, OnEveryStore]
    public async Task Read_History_LeavesOutAttemptsThatCameToNoOutcome(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("snoozed", "back", "cancelled", "stale", "dies");
        var leases = (await grid.LeaseAsync(silo)).ToDictionary(l => l.Id);
        await grid.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal('W', await grid.Tasks.FinishAsync("snoozed", leases["snoozed"].Token, new Verdict.Snooze(TimeSpan.FromHours(1)), []));
        await grid.Leases.HandBackAsync("back", leases["back"].Token);
        await grid.Tasks.CancelAsync("cancelled", "requested");
        Assert.Equal('C', await grid.FailAsync(leases["cancelled"]));
        Assert.Null(await grid.SucceedAsync(leases["stale"] with { Token = leases["stale"].Token - 1 }));
        await grid.DieAsync(silo);
        Assert.DoesNotContain((await grid.Stats.ReadAsync()).History, s => s.Wait is not null || s.Run is not null);
    }

    /// <summary>By whole numbers, which know no rounding: the largest k with 2^k ≤ (m + 1)².</summary>
    [Theory, OnEveryStore]
    public async Task Finish_AfterAnyTime_IsCountedInItsHalfOctave(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        foreach (var ms in (long[])[0, 1, 2, 3, 4, 6, 7, 10, 11, 1022, 1023, 1024, 1447, 1448, 65_534, 65_535, 1_073_741_822, 1_073_741_823])
        {
            await grid.PassAsync(TimeSpan.FromSeconds(10));
            await grid.AcceptAsync($"t{ms}");
            var lease = await grid.LeaseOneAsync(silo, $"t{ms}");
            await grid.PassAsync(TimeSpan.FromMilliseconds(ms));
            await grid.SucceedAsync(lease);
            var key = grid.Key($"spans:{grid.Now / 10_000}");
            Assert.Equal(
                [$"r{BitOperations.Log2((ulong)((ms + 1) * (ms + 1)))} 1", "w0 1"],
                (await grid.Raw.HashGetAllAsync(key)).Select(f => $"{f.Name} {f.Value}").Order(StringComparer.Ordinal));
            Assert.NotNull(await grid.Raw.KeyTimeToLiveAsync(key));
        }
    }

    [Theory, OnEveryStore]
    public async Task Read_EachUnfinishedTask_IsCountedInOneState(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("retry-first", "retry-later", "retry-due", "snoozed", "run", "queued");
        await grid.RetryAsync(await grid.LeaseOneAsync(silo, "retry-first"), TimeSpan.FromSeconds(1));
        await grid.RetryAsync(await grid.LeaseOneAsync(silo, "retry-later"), TimeSpan.FromHours(1));
        await grid.RetryAsync(await grid.LeaseOneAsync(silo, "retry-due"), TimeSpan.FromSeconds(1));
        var lease = await grid.LeaseOneAsync(silo, "snoozed");
        await grid.Tasks.FinishAsync("snoozed", lease.Token, new Verdict.Snooze(TimeSpan.FromHours(1)), []);
        await grid.LeaseOneAsync(silo, "run");
        await grid.Tasks.AcceptAsync(TestGrid.Task("scheduled", delay: TimeSpan.FromHours(1)));
        await grid.Tasks.AcceptAsync(TestGrid.Task("scheduled-elsewhere", queue: "other", delay: TimeSpan.FromHours(1)));
        await grid.Tasks.AcceptAsync(TestGrid.Task("queued-elsewhere", queue: "other", priority: 9));
        Assert.Equal((3L, 2L, 3L, 1L), await CountsAsync());

        await grid.PassAsync(TimeSpan.FromSeconds(2));
        Assert.Equal((3L, 2L, 3L, 1L), await CountsAsync());

        // A retry that runs is running, and no retry.
        await grid.LeaseOneAsync(silo, "retry-first");
        Assert.Equal((3L, 2L, 2L, 2L), await CountsAsync());

        // What a pause keeps back is queued.
        await grid.PauseAsync("q", paused: true);
        Assert.Equal((3L, 2L, 2L, 2L), await CountsAsync());

        async Task<(long Scheduled, long Queued, long Retrying, long Running)> CountsAsync()
        {
            var stats = await grid.Stats.ReadAsync();
            return (stats.Scheduled, stats.Queued, stats.Retrying, stats.Running);
        }
    }

    [Theory, OnEveryStore]
    public async Task Read_AQueue_SaysWhatIsReadyAndSinceWhen(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a", "b");
        await grid.SucceedAsync(await grid.LeaseOneAsync(silo, "a"));
        await grid.PassAsync(TimeSpan.FromSeconds(30));
        await grid.Tasks.AcceptAsync(TestGrid.Task("other-lane", priority: 9));
        await grid.Tasks.AcceptAsync(TestGrid.Task("soon", delay: TimeSpan.FromSeconds(1)));
        await grid.Tasks.AcceptAsync(TestGrid.Task("later", delay: TimeSpan.FromHours(1)));
        await grid.PassAsync(TimeSpan.FromSeconds(10));
        var (queue, empty) = ((await grid.Queues.ReadAsync(["q", "never"]))[0], (await grid.Queues.ReadAsync(["never"]))[0]);
        Assert.Equal((3L, 1L, 2L), (queue.Ready, queue.NotDue, queue.OpenLanes));
        Assert.Equal(TestGrid.Start, queue.OldestReadyAt!.Value.ToUnixTimeMilliseconds());
        Assert.Equal((5 / 60.0, 1 / 60.0, 0.0), (queue.AcceptedPerSecond, queue.SucceededPerSecond, queue.FailedPerSecond));
        Assert.Equal((0L, 0L, null), (empty.Ready, empty.NotDue, empty.OldestReadyAt));
        await grid.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(0.0, (await grid.Queues.ReadAsync(["q"]))[0].AcceptedPerSecond);
    }

    /// <summary>One that has become due lies where it was until the next lease.</summary>
    [Theory, OnEveryStore]
    public async Task Read_AQueueAfterAChangeOfWhatHasBecomeDue_CountsItOnce(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.Tasks.AcceptAsync(TestGrid.Task("a", delay: TimeSpan.FromSeconds(1)));
        await grid.PassAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(ChangeOutcome.Changed, await grid.ChangeAsync("a", null, null, DateTimeOffset.FromUnixTimeMilliseconds(grid.Now)));
        Assert.Equal(1, (await grid.Queues.ReadAsync(["q"]))[0].Ready);
        Assert.Equal(1, (await grid.Stats.ReadAsync()).Queued);
    }

    /// <summary>What waits for a limit is ready, but for that.</summary>
    [Theory, OnEveryStore]
    public async Task Read_AQueueAtItsLimit_CountsWhatWaitsForIt(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.ConfigureAsync("q", new() { TaskLimits = new Dictionary<string, Limits> { ["work"] = new(1) } });
        await grid.AcceptAsync("a", "b", "c");
        await grid.LeaseAsync(await grid.SiloAsync());
        await grid.TryLeaseAsync(await grid.SiloAsync());
        var queue = (await grid.Queues.ReadAsync(["q"]))[0];
        Assert.Equal(2, queue.Ready);
        Assert.Equal(1, queue.ShutLanes + queue.OpenLanes);
    }

    [Theory, OnEveryStore]
    public async Task Read_Errors_AreInGroupsTheLastOneFirst(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync("work", "other");
        await grid.AcceptAsync("a", "b");
        await grid.Tasks.AcceptAsync(TestGrid.Task("c", name: "other"));
        await grid.RetryAsync(await grid.LeaseOneAsync(silo, "a"), TimeSpan.FromHours(1));
        await grid.PassAsync(TimeSpan.FromSeconds(1));
        await grid.FailAsync(await grid.LeaseOneAsync(silo, "b"));
        await grid.PassAsync(TimeSpan.FromSeconds(1));
        var lease = await grid.LeaseOneAsync(silo, "c");
        await grid.Tasks.FinishAsync("c", lease.Token, new Verdict.Fail(new("List`1 of \"x\"\\", "no")), []);
        var groups = await grid.Stats.ErrorsAsync(10);
        Assert.Equal([("other", "List`1 of \"x\"\\", 1L, "c"), ("work", "Boom", 2L, "b")], groups.Select(g => (g.Task, g.Type, g.Count, g.LastTaskId)));
        Assert.Equal(TestGrid.Start + 1000, groups[1].LastAt.ToUnixTimeMilliseconds());
        Assert.Single(await grid.Stats.ErrorsAsync(1));
    }

    [Theory, OnEveryStore]
    public async Task Count_OfWhatAnOperationWouldChange_IsWhatItChanges(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync("work", "other");
        await grid.AcceptAsync("f1", "f2", "run");
        await grid.AcceptWithTermsAsync("run2", new() { Tags = ["t2"] });
        await grid.AcceptAsync("w1");
        await grid.FailAsync(await grid.LeaseOneAsync(silo, "f1"));
        await grid.FailAsync(await grid.LeaseOneAsync(silo, "f2"));
        await grid.LeaseOneAsync(silo, "run");
        await grid.LeaseOneAsync(silo, "run2");
        await grid.Tasks.AcceptAsync(TestGrid.Task("w2", name: "other", delay: TimeSpan.FromHours(1)));
        await grid.Tasks.AcceptAsync(TestGrid.Task("w3", queue: "elsewhere", name: "other"));
        await grid.AcceptWithTermsAsync("w4", new() { Tags = ["t"] });
        await grid.Tasks.AcceptAsync(TestGrid.Task("w5", queue: "target", name: "third", terms: new() { Tags = ["t2"] }));
        foreach (var (action, tag, queue, task, count) in ((string, string, string, string, long)[])
            [
                ("cancel", "", "q", "", 5), ("purge", "", "q", "", 3), ("move", "", "q", "other", 1), ("cancel", "", "", "other", 2), ("cancel", "", "", "work", 4), ("cancel", "t2", "", "", 2),
                ("purge", "t2", "", "", 1), ("move", "t2", "", "", 0), ("move", "", "", "third", 0), ("move", "t", "", "", 1),
                ("cancel", "t", "", "", 1), ("cancel", "t", "", "other", 0), ("purge", "", "never", "", 0),
            ])
        {
            Assert.Equal((action, tag, queue, task, new(count, true)), (action, tag, queue, task, await grid.Many.CountAsync(action, action == "move" ? "target" : "", tag, queue, task)));
        }

        // One that was asked already.
        await grid.Tasks.CancelAsync("run2", "requested");
        Assert.Equal(new(1, true), await grid.Many.CountAsync("cancel", "", "t2", "", ""));
        Assert.Equal(new(4, true), await grid.Many.CountAsync("cancel", "", "", "q", ""));
    }

    [Theory, OnEveryStore]
    public async Task Read_TaskTypes_AreThoseThatLiveSilosRun(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var (one, two) = (await grid.SiloAsync("a", "b"), await grid.SiloAsync("b"));
        Assert.Equal([("a", 1), ("b", 2)], (await grid.Stats.TypesAsync()).Select(t => (t.Task, t.Silos)));
        await grid.BuryAsync(one);
        Assert.Equal([("b", 1)], (await grid.Stats.TypesAsync()).Select(t => (t.Task, t.Silos)));
        Assert.True(await grid.Silos.LeaveAsync(two.Name));
        Assert.Empty(await grid.Stats.TypesAsync());
    }

    private static void AssertAbout(TimeSpan expected, Latency? latency)
    {
        Assert.Equal(1L, latency?.Count);
        Assert.InRange(latency!.P50 / expected, 0.8, 1.2);
        Assert.Equal(latency.P50, latency.P95);
    }
}
