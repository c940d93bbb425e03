namespace TaskGrid.Store;

public sealed class LimitTests(StoreServers servers) : StoreTest(servers)
{
    [Theory, OnEveryStore]
    public async Task Concurrency_OfAQueue_HoldsAcrossNamesAndSilos(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var (one, two) = (await grid.SiloAsync("work", "walk"), await grid.SiloAsync("work", "walk"));
        await grid.ConfigureAsync("q", new() { Limits = new(3) });
        await grid.AcceptAsync("a", "b");
        await grid.Tasks.AcceptAsync(TestGrid.Task("c", name: "walk"));
        await grid.AcceptAsync("d");
        var first = await grid.LeaseAsync(one, 2);
        var second = await grid.LeaseAsync(two, 5);
        Assert.Equal(["a", "b", "c"], first.Concat(second).Select(l => l.Id));
        Assert.Empty(await grid.LeaseAsync(one));
        await grid.SucceedAsync(second[0]);
        Assert.Equal(["d"], (await grid.LeaseAsync(one)).Select(l => l.Id));
        await Invariants.AssertAsync(grid);
    }

    [Theory, OnEveryStore]
    public async Task Concurrency_OfAName_LeavesOtherNamesAlone(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync("work", "walk");
        await grid.ConfigureAsync("q", new() { TaskLimits = new Dictionary<string, Limits> { ["work"] = new(1) } });
        await grid.AcceptAsync("a", "b");
        await grid.Tasks.AcceptAsync(TestGrid.Task("c", name: "walk"));
        await grid.Tasks.AcceptAsync(TestGrid.Task("d", name: "walk"));
        Assert.Equal(["a", "c", "d"], (await grid.LeaseAsync(silo)).Select(l => l.Id));
        Assert.Empty(await grid.LeaseAsync(silo));
        await Invariants.AssertAsync(grid);
    }

    [Theory, OnEveryStore("succeed", "fail", "retry", "handback", "cancel", "die")]
    public async Task Concurrency_OfAKey_IsFreedHoweverItsTaskEnds(StoreKind store, string end)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptWithKeyAsync("a", "tenant:42", 1);
        await grid.AcceptWithKeyAsync("b", "tenant:42", 1);
        await grid.AcceptWithKeyAsync("other", "tenant:7", 1);
        var leases = await grid.LeaseAsync(silo);
        Assert.Equal(["a", "other"], leases.Select(l => l.Id));
        Assert.Empty(await grid.LeaseAsync(silo));
        switch (end)
        {
            case "succeed":
                await grid.SucceedAsync(leases[0]);
                break;
            case "fail":
                await grid.FailAsync(leases[0]);
                break;
            case "retry":
                await grid.RetryAsync(leases[0], TimeSpan.FromHours(1));
                break;
            case "handback":
                await grid.Tasks.CancelAsync("a", "requested");
                await grid.Leases.HandBackAsync("a", leases[0].Token);
                break;
            case "cancel":
                await grid.Tasks.FinishAsync("a", leases[0].Token, new Tasks.Verdict.Cancel("requested"), []);
                break;
            default:
                await grid.Tasks.CancelAsync("a", "requested");
                await grid.DieAsync(silo);
                silo = await grid.SiloAsync();
                break;
        }

        await Invariants.AssertAsync(grid);
        Assert.Contains("b", (await grid.LeaseAsync(silo)).Select(l => l.Id));
    }

    [Theory, OnEveryStore]
    public async Task Concurrency_OfAKey_KeepsTheOrderAcrossRetries(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        for (var i = 0; i < 5; i++)
        {
            await grid.AcceptWithKeyAsync($"t{i}", "serial", 1);
        }

        await grid.Leases.HandBackAsync("t0", (await grid.LeaseOneAsync(silo, "t0")).Token);
        Assert.Equal(["t0", "t1", "t2", "t3", "t4"], await grid.DrainAsync(silo));
    }

    [Theory, OnEveryStore]
    public async Task Concurrency_OfAName_InTheWholeGrid_SpansQueues(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.Silos.RegisterAsync("s~1", "caps", [new("work", new("q", new()), InGrid: new(2))]);
        var silo = new TestSilo("s~1", "caps");
        await grid.Tasks.AcceptAsync(TestGrid.Task("a", "one"));
        await grid.Tasks.AcceptAsync(TestGrid.Task("b", "one"));
        await grid.Tasks.AcceptAsync(TestGrid.Task("c", "two"));
        await grid.Tasks.AcceptAsync(TestGrid.Task("d", "one"));
        var woken = new List<string>();
        grid.Connection.Woken += woken.Add;
        var first = await grid.LeaseAsync(silo, queue: "one");
        Assert.Equal(["a", "b"], first.Select(l => l.Id));
        Assert.Empty(await grid.LeaseAsync(silo, queue: "two"));
        woken.Clear();
        await grid.SucceedAsync(first[0]);
        // The one that was accepted first comes first, whatever its queue, and that queue's dispatcher hears of it.
        Assert.Contains("two", woken);
        await grid.LeaseOneAsync(silo, "c", "two");
        Assert.Empty(await grid.LeaseAsync(silo, queue: "one"));
        await grid.SucceedAsync(first[1]);
        await grid.LeaseOneAsync(silo, "d", "one");
        await Invariants.AssertAsync(grid);
    }

    [Theory, OnEveryStore]
    public async Task Limit_SetWhileTasksRun_CountsThem(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a", "b", "c", "d");
        var running = await grid.LeaseAsync(silo, 3);
        await grid.ConfigureAsync("q", new() { TaskLimits = new Dictionary<string, Limits> { ["work"] = new(2) } });
        Assert.Empty(await grid.LeaseAsync(silo));
        await grid.SucceedAsync(running[0]);
        Assert.Empty(await grid.LeaseAsync(silo));
        await grid.SucceedAsync(running[1]);
        await grid.LeaseOneAsync(silo, "d");
        await Invariants.AssertAsync(grid);
    }

    /// <summary>The silos say how many of a name may run in a queue, and the queue may say otherwise for a time.</summary>
    [Theory, OnEveryStore]
    public async Task Limit_OfTheSilos_ThatHoldsAgain_CountsWhatRuns(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.Silos.RegisterAsync("s~1", "caps", [new("work", new("q", new()), InQueue: new(2))]);
        var silo = new TestSilo("s~1", "caps");
        await grid.ConfigureAsync("q", new() { TaskLimits = new Dictionary<string, Limits> { ["work"] = new() } });
        await grid.AcceptAsync("a", "b", "c", "d", "e");
        var running = await grid.LeaseAsync(silo, 4);
        Assert.Equal(4, running.Count);

        await grid.ConfigureAsync("q", new());

        foreach (var ended in running.Take(2))
        {
            Assert.Empty(await grid.LeaseAsync(silo));
            await grid.SucceedAsync(ended);
        }

        Assert.Empty(await grid.LeaseAsync(silo));
        await grid.SucceedAsync(running[2]);
        await grid.LeaseOneAsync(silo, "e");
        await Invariants.AssertAsync(grid);
    }

    [Theory, OnEveryStore]
    public async Task Limit_RaisedOrLifted_LetsWhatWaitedStart(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.ConfigureAsync("q", new() { TaskLimits = new Dictionary<string, Limits> { ["work"] = new(1) } });
        await grid.AcceptAsync("a", "b", "c", "d");
        await grid.LeaseOneAsync(silo, "a");
        Assert.Empty(await grid.LeaseAsync(silo));
        await grid.ConfigureAsync("q", new() { TaskLimits = new Dictionary<string, Limits> { ["work"] = new(2) } });
        await grid.LeaseOneAsync(silo, "b");
        await grid.ConfigureAsync("q", new());
        Assert.Equal(["c", "d"], (await grid.LeaseAsync(silo)).Select(l => l.Id));
        await Invariants.AssertAsync(grid);
    }

    [Theory, OnEveryStore]
    public async Task Limit_OfANamedKey_StandsForTheOneThatItsTasksAskFor(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.ConfigureAsync("q", new()
        {
            KeyLimits = new Dictionary<string, Limits> { ["big"] = new(2), ["free"] = new() },
            EachKeyLimits = new(1),
        });
        foreach (var key in (string[])["big", "free", "own", "none"])
        {
            for (var i = 0; i < 4; i++)
            {
                await grid.AcceptWithKeyAsync($"{key}{i}", key, key == "own" ? 3 : key == "none" ? null : 1);
            }
        }

        var leased = (await grid.LeaseAsync(silo)).Select(l => l.Id[..^1]).CountBy(k => k).ToDictionary();
        Assert.Equal(new Dictionary<string, int> { ["big"] = 2, ["free"] = 4, ["own"] = 3, ["none"] = 1 }, leased);
    }

    [Theory, OnEveryStore]
    public async Task Limited_IsLeasedOnlyForSlotsThatAreFree(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync("work", "walk");
        await grid.ConfigureAsync("q", new() { TaskLimits = new Dictionary<string, Limits> { ["work"] = new(10) } });
        await grid.AcceptAsync("a", "b", "c");
        await grid.Tasks.AcceptAsync(TestGrid.Task("d", name: "walk"));
        var reply = await grid.TryLeaseAsync(silo, max: 10, idle: 2);
        Assert.Equal(["a", "b"], reply.Leases.Select(l => l.Id));
        Assert.True(reply.NeedsSlot, "There is one for a slot that becomes free, and what comes after it must not take that.");
        Assert.Equal(["c", "d"], (await grid.TryLeaseAsync(silo, max: 10, idle: 1)).Leases.Select(l => l.Id));
    }

    /// <summary>A permit that a crash left behind is found when somebody waits for it.</summary>
    [Theory, OnEveryStore]
    public async Task Permit_WhoseLeaseIsGone_IsMended(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.ConfigureAsync("q", new() { Limits = new(1), TaskLimits = new Dictionary<string, Limits> { ["work"] = new(1) } });
        await grid.AcceptAsync("a");
        await grid.Raw.SetAddAsync(grid.Key("hold:n:q:work"), "ghost");
        await grid.Raw.SetAddAsync(grid.Key("hold:q:q"), "ghost");
        // Asked for again and again meanwhile, as the watchers do.
        var leased = 0;
        for (var looks = 0; looks < 12 && leased == 0; looks++)
        {
            leased = (await grid.LeaseAsync(silo)).Count;
            await grid.PassAsync(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(1, leased);
    }

    [Theory, OnEveryStore]
    public async Task Lane_BehindALimit_CostsOthersNothing(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync("work", "walk");
        await grid.ConfigureAsync("q", new() { TaskLimits = new Dictionary<string, Limits> { ["work"] = new(1) } });
        await Task.WhenAll(Enumerable.Range(0, 5000).Select(i => grid.Tasks.AcceptAsync(TestGrid.Task($"t{i}"))));
        await grid.LeaseAsync(silo);
        await grid.LeaseAsync(silo);
        Assert.Empty(await grid.Raw.SortedSetRangeByRankAsync(grid.Key("q:q:open")));
        await grid.Tasks.AcceptAsync(TestGrid.Task("more"));
        Assert.Empty(await grid.Raw.SortedSetRangeByRankAsync(grid.Key("q:q:open")));
        await grid.Tasks.AcceptAsync(TestGrid.Task("walk", name: "walk"));
        await grid.LeaseOneAsync(silo, "walk");
    }

    /// <summary>
    /// The room that its own end has made went to a lane that comes after it, while its lane, without room before, had nothing in it.
    /// </summary>
    [Theory, OnEveryStore]
    public async Task Retry_IntoALaneThatHadNoRoom_KeepsItsPlaceBeforeOthers(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync("work", "walk");
        await grid.ConfigureAsync("q", new() { TaskLimits = new Dictionary<string, Limits> { ["work"] = new(1) } });
        await grid.AcceptWithKeyAsync("retried", "x");
        var lease = await grid.LeaseOneAsync(silo, "retried");
        await grid.Tasks.AcceptAsync(TestGrid.Task("free", name: "walk", delay: TimeSpan.FromSeconds(1)));
        await grid.AcceptWithKeyAsync("other", "y");
        await grid.AcceptWithKeyAsync("cancelled", "x");
        Assert.Empty(await grid.LeaseAsync(silo));
        await grid.Tasks.CancelAsync("cancelled", "requested");
        await grid.RetryAsync(lease, TimeSpan.FromSeconds(1));
        await grid.PassAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(["retried", "free"], (await grid.TryLeaseAsync(silo, max: 2, idle: 1)).Leases.Select(l => l.Id));
        await Invariants.AssertAsync(grid);
    }
}
