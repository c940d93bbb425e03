using TaskGrid.Storage;

namespace TaskGrid.Store;

public sealed class RateTests(StoreServers servers) : StoreTest(servers)
{
    [Theory, OnEveryStore]
    public async Task Starts_AreSpacedEvenly_AndMakeUpForLateness(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.ConfigureAsync("q", new() { Limits = new(Rate: RateLimit.PerSecond(50)) });
        for (var i = 0; i < 20; i++)
        {
            await grid.AcceptAsync($"t{i:00}");
        }

        var first = await grid.TryLeaseAsync(silo);
        Assert.Single(first.Leases);
        Assert.Equal(TimeSpan.FromMilliseconds(20), first.LookAgainIn);
        await grid.PassAsync(TimeSpan.FromMilliseconds(19));
        Assert.Empty(await grid.LeaseAsync(silo));
        // 4 ms late: within a quarter of an interval, so the next one is not late.
        await grid.PassAsync(TimeSpan.FromMilliseconds(5));
        var late = await grid.TryLeaseAsync(silo);
        Assert.Single(late.Leases);
        Assert.Equal(TimeSpan.FromMilliseconds(16), late.LookAgainIn);
        // A second late: it does not burst.
        await grid.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Single(await grid.LeaseAsync(silo));
    }

    [Theory, OnEveryStore]
    public async Task Burst_StartsThatManyAtOnce(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.ConfigureAsync("q", new() { TaskLimits = new Dictionary<string, Limits> { ["work"] = new(Rate: RateLimit.PerMinute(60, burst: 5)) } });
        await grid.AcceptAsync([.. Enumerable.Range(0, 12).Select(i => $"t{i}")]);
        Assert.Equal(5, (await grid.LeaseAsync(silo)).Count);
        await grid.PassAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(2, (await grid.LeaseAsync(silo)).Count);
        await grid.PassAsync(TimeSpan.FromHours(1));
        Assert.Equal(5, (await grid.LeaseAsync(silo)).Count);
        await Invariants.AssertAsync(grid);
    }

    /// <summary>Redis' clock is set, or a replica takes over whose clock is behind.</summary>
    [Theory, OnEveryStore]
    public async Task Starts_AfterTheClockWentBack_GoOnWithinAnInterval(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.ConfigureAsync("q", new() { TaskLimits = new Dictionary<string, Limits> { ["work"] = new(Rate: RateLimit.PerMinute(60, burst: 5)) } });
        await grid.AcceptAsync([.. Enumerable.Range(0, 20).Select(i => $"t{i:00}")]);
        Assert.Equal(5, (await grid.LeaseAsync(silo)).Count);
        Assert.Empty(await grid.LeaseAsync(silo));

        await grid.PassAsync(TimeSpan.FromHours(-1));
        Assert.True((await grid.Silos.BeatAsync(silo.Name, silo.Capabilities, "16 5")).Accepted);

        Assert.Empty(await grid.LeaseAsync(silo));
        await grid.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Single(await grid.LeaseAsync(silo));
        await grid.PassAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(5, (await grid.LeaseAsync(silo)).Count);
    }

    [Theory, OnEveryStore]
    public async Task Key_LeavesOtherKeysAlone(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.ConfigureAsync("q", new() { EachKeyLimits = new(Rate: RateLimit.PerMinute(1)) });
        foreach (var id in (string[])["a1", "a2", "b1", "b2"])
        {
            await grid.AcceptWithKeyAsync(id, id[..1]);
        }

        Assert.Equal(["a1", "b1"], (await grid.LeaseAsync(silo)).Select(l => l.Id));
        await grid.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["a2", "b2"], (await grid.LeaseAsync(silo)).Select(l => l.Id));
    }

    [Theory, OnEveryStore]
    public async Task Ahead_GivesEachStartItsInstant(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.ConfigureAsync("q", new() { Limits = new(Rate: RateLimit.PerSecond(50)) });
        await grid.AcceptAsync([.. Enumerable.Range(0, 20).Select(i => $"t{i:00}")]);

        var reply = await grid.TryLeaseAsync(silo, ahead: 50);
        Assert.Equal([0, 20, 40], reply.Leases.Select(l => l.StartedAt - grid.Now));
        Assert.All(reply.Leases, l => Assert.Equal(grid.Now, l.LeasedAt));
        Assert.All(reply.Leases, l => Assert.Equal(TimeSpan.FromMilliseconds(13), l.MayBeLateBy));
        // The next one is in 60 ms, and has half of the 50 when it is looked for.
        Assert.Equal(TimeSpan.FromMilliseconds(35), reply.LookAgainIn);
        Assert.Equal(reply.Leases.Select(l => l.StartedAt), (await grid.Leases.HeldByAsync(silo.Name)).Select(l => l.Lease.Started).Order());
    }

    [Theory, OnEveryStore]
    public async Task Ahead_OfATaskThatEndsAMomentBeforeItsInstant_DoesNotEndBeforeItStarted(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.ConfigureAsync("q", new() { Limits = new(Rate: RateLimit.PerSecond(50)) });
        await grid.AcceptAsync("a", "b", "c");
        var leases = (await grid.TryLeaseAsync(silo, ahead: 50)).Leases;
        await grid.PassAsync(TimeSpan.FromMilliseconds(19));
        await grid.SucceedAsync(leases[1]);
        await grid.FailAsync(leases[2]);
        foreach (var id in (string[])["b", "c"])
        {
            var line = (await grid.ReadAsync(id)).Line;
            Assert.Equal((grid.Now, grid.Now), (line.Started, line.Finished));
        }
    }

    [Theory, OnEveryStore]
    public async Task Ahead_OfSeveralRates_GoesByTheSlowest(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.ConfigureAsync("q", new()
        {
            Limits = new(Rate: RateLimit.PerSecond(100)), TaskLimits = new Dictionary<string, Limits> { ["work"] = new(Rate: RateLimit.PerSecond(10, burst: 2)) },
        });
        await grid.AcceptAsync([.. Enumerable.Range(0, 20).Select(i => $"t{i:00}")]);

        var leases = (await grid.TryLeaseAsync(silo, ahead: 250)).Leases;
        Assert.Equal([0, 10, 100, 200], leases.Select(l => l.StartedAt - grid.Now));
        Assert.All(leases, l => Assert.Equal(TimeSpan.FromMilliseconds(13), l.MayBeLateBy));
    }

    [Theory, OnEveryStore]
    public async Task Ahead_WithoutARate_BeginsAtAnyTime(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.ConfigureAsync("q", new() { Limits = new(Concurrency: 2) });
        await grid.AcceptAsync("a");
        var lease = Assert.Single((await grid.TryLeaseAsync(silo, ahead: 50)).Leases);
        Assert.Equal((grid.Now, null), (lease.StartedAt, lease.MayBeLateBy));
    }

    [Theory, OnEveryStore]
    public async Task Returned_TheLastStartIsGivenOutAgain_AnEarlierOneIsLost(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.ConfigureAsync("q", new() { Limits = new(Rate: RateLimit.PerSecond(50)) });
        await grid.AcceptAsync([.. Enumerable.Range(0, 20).Select(i => $"t{i:00}")]);
        var leases = (await grid.TryLeaseAsync(silo, ahead: 50)).Leases;
        await grid.Leases.HandBackAsync(leases[1].Id, leases[1].Token);
        var next = (await grid.TryLeaseAsync(silo, max: 2, ahead: 120)).Leases;
        Assert.Equal([("t01", 60), ("t03", 80)], next.Select(l => (l.Id, l.StartedAt - grid.Now)));

        await grid.Leases.HandBackAsync(next[1].Id, next[1].Token);
        var again = Assert.Single((await grid.TryLeaseAsync(silo, max: 1, ahead: 160)).Leases);
        Assert.Equal(("t03", 80), (again.Id, again.StartedAt - grid.Now));
    }

    /// <summary>What has long been used up by the bucket's size must not come back with a start that is returned late.</summary>
    [Theory, OnEveryStore]
    public async Task Returned_LongAfterItsInstant_MakesNoRoom(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.ConfigureAsync("q", new() { Limits = new(Rate: RateLimit.PerSecond(50)) });
        await grid.AcceptAsync("stalled");
        var stalled = await grid.LeaseOneAsync(silo, "stalled");
        await grid.PassAsync(TimeSpan.FromMilliseconds(25));
        await grid.AcceptAsync([.. Enumerable.Range(0, 20).Select(i => $"t{i:00}")]);
        var leases = (await grid.TryLeaseAsync(silo, ahead: 50)).Leases;
        Assert.Equal([0, 15, 35], leases.Select(l => l.StartedAt - grid.Now));
        await grid.Leases.HandBackAsync("stalled", stalled.Token);
        Assert.Equal([55, 75], (await grid.TryLeaseAsync(silo, max: 2, ahead: 120)).Leases.Select(l => l.StartedAt - grid.Now));
    }

    /// <summary>
    /// Dispatchers that look at any time, silos that begin late, give back what is too late, or die: what begins is never more than the rate
    /// says, and not much less.
    /// </summary>
    [Theory, OnEveryStore(1, 2, 3)]
    public async Task Starts_WhateverComesTooLate_AreNeverTooManyInAnySecond(StoreKind store, int seed)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        var random = new Random(seed);
        await grid.ConfigureAsync("q", new() { Limits = new(Rate: RateLimit.PerSecond(50)) });
        await grid.AcceptAsync([.. Enumerable.Range(0, 1200).Select(i => $"t{i:0000}")]);
        var held = new List<(GrantedLease Lease, long At)>();
        var starts = new List<long>();
        var began = grid.Now;
        while (grid.Now - began < 20_000)
        {
            await grid.PassAsync(TimeSpan.FromMilliseconds(random.Next(1, 12)));
            foreach (var (lease, at) in held.Where(h => h.At <= grid.Now).ToList())
            {
                held.Remove((lease, at));
                if (at - lease.StartedAt <= lease.MayBeLateBy!.Value.TotalMilliseconds)
                {
                    starts.Add(at);
                    Assert.NotNull(await grid.SucceedAsync(lease));
                }
                else
                {
                    await grid.Leases.HandBackAsync(lease.Id, lease.Token);
                }
            }

            if (random.Next(3) > 0)
            {
                var leases = (await grid.TryLeaseAsync(silo, random.Next(1, 5), ahead: 50)).Leases;
                held.AddRange(leases.Select(l => (l, l.StartedAt + random.Next(0, random.Next(10) == 0 ? 40 : 14))));
            }
        }

        starts.Sort();
        Assert.All(starts, (at, i) => Assert.True(i < 51 || at - starts[i - 51] >= 1000, $"52 starts within {(i < 51 ? 0 : at - starts[i - 51])} ms"));
        Assert.InRange(starts.Count, 880, 1010);
    }
}
