using TaskGrid.Storage;

namespace TaskGrid.Store;

/// <summary>What a silo's death makes of the tasks that it was running.</summary>
public sealed class SuspectTests(StoreServers servers) : StoreTest(servers)
{
    [Theory, OnEveryStore]
    public async Task Lapse_WhileTheSiloLives_IsRefused(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptAsync("a");
        var lease = await grid.LeaseOneAsync(await grid.SiloAsync(), "a");
        Assert.False(await grid.Leases.LapseAsync("a", lease.Token, TestGrid.CrashLimit));
        Assert.Empty(await grid.Leases.OfDeadSilosAsync());
        Assert.NotNull(await grid.SucceedAsync(lease));
    }

    [Theory, OnEveryStore]
    public async Task Lapse_AfterADeath_RunsAgainAtItsPlaceWithAHigherTokenAndNoAttemptUsed(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var (silo, other) = (await grid.SiloAsync(), await grid.SiloAsync());
        await grid.AcceptAsync("a");
        var lease = await grid.LeaseOneAsync(silo, "a");
        await grid.AcceptAsync("b");
        await grid.BuryAsync(silo);
        Assert.Equal("a", Assert.Single(await grid.Leases.OfDeadSilosAsync()).Id);
        Assert.True(await grid.Leases.LapseAsync("a", lease.Token, TestGrid.CrashLimit));
        Assert.False(await grid.Leases.LapseAsync("a", lease.Token, TestGrid.CrashLimit));
        var line = (await grid.ReadAsync("a")).Line;
        Assert.Equal(('W', 0, 1, 1), (line.Code, line.Attempt, line.Interruptions, line.Crashes));
        var leases = await grid.LeaseAsync(other);
        Assert.Equal(["a", "b"], leases.Select(l => l.Id));
        Assert.True(leases[0].Token > lease.Token);
    }

    [Theory, OnEveryStore]
    public async Task Lapse_OfASuspectThatHadNotBegun_CountsNothing(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptAsync("a");
        await LeaseAndDieAsync(grid, begin: true);
        await LeaseAndDieAsync(grid, begin: false);
        var line = (await grid.ReadAsync("a")).Line;
        Assert.Equal((1, 1), (line.Interruptions, line.Crashes));
    }

    [Theory, OnEveryStore]
    public async Task Lapse_AtTheCrashLimit_FailsWithWorkerCrash(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptAsync("a");
        for (var death = 0; death < TestGrid.CrashLimit; death++)
        {
            await LeaseAndDieAsync(grid, begin: true);
        }

        var snapshot = (await grid.ReadAsync("a")).ToSnapshot();
        Assert.Equal((TaskState.Failed, "worker_crash", 1, 3), (snapshot.State, snapshot.Error!.Type, snapshot.Attempt, snapshot.Interruptions));
        Assert.Empty(await grid.LeaseAsync(await grid.SiloAsync()));
    }

    [Theory, OnEveryStore]
    public async Task Suspects_FromTheSecondDeathOn_RunOneAtATimePerSilo(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptAsync("a", "b", "c", "d");
        await LeaseAndDieAsync(grid, begin: true);
        await LeaseAndDieAsync(grid, begin: true);
        await grid.AcceptAsync("new");
        var (one, two) = (await grid.SiloAsync(), await grid.SiloAsync());

        var first = await grid.TryLeaseAsync(one);
        Assert.Equal(["a", "new"], first.Leases.Select(l => l.Id));
        Assert.True(first.More, "The other suspects are there for other silos.");
        var second = Assert.Single(await grid.LeaseAsync(two));
        Assert.Equal("b", second.Id);
        Assert.Empty(await grid.LeaseAsync(one));

        await grid.SucceedAsync(first.Leases[0]);
        var third = await grid.LeaseOneAsync(one, "c");
        await grid.RetryAsync(second);
        Assert.Equal(["b", "d"], (await grid.LeaseAsync(two)).Select(l => l.Id).Order());
        await grid.Leases.HandBackAsync("c", third.Token);
        await grid.LeaseOneAsync(one, "c");
    }

    /// <summary>Without turns the queue whose suspect has ended, and whose dispatcher is the first to know, would have the next as well, until it has none.</summary>
    [Theory, OnEveryStore]
    public async Task Suspects_OfSeveralQueues_TakeTurns(StoreKind store)
    {
        var grid = await OpenAsync(store);
        string[] queues = ["one", "two", "three"];
        foreach (var queue in queues)
        {
            await grid.Tasks.AcceptAsync(TestGrid.Task($"{queue}-a", queue));
            await grid.Tasks.AcceptAsync(TestGrid.Task($"{queue}-b", queue));
        }

        for (var death = 0; death < 2; death++)
        {
            var victim = await grid.SiloAsync();
            foreach (var queue in queues)
            {
                await BeginAllAsync(grid, await grid.LeaseAsync(victim, queue: queue));
            }

            await grid.DieAsync(victim);
        }

        var (silo, woken, order) = (await grid.SiloAsync(), new List<string>(), new List<string>());
        grid.Connection.Woken += woken.Add;
        var lease = await grid.LeaseOneAsync(silo, "one-a", "one");
        while (true)
        {
            order.Add(lease.Id);
            foreach (var queue in queues)
            {
                Assert.Empty(await grid.LeaseAsync(silo, queue: queue));
            }

            woken.Clear();
            await grid.SucceedAsync(lease);
            if (order.Count == 6)
            {
                break;
            }

            // The dispatcher that is told asks for this silo, and nobody else is told.
            lease = Assert.Single(await grid.LeaseAsync(silo, queue: Assert.Single(woken)));
        }

        Assert.Equal(["one-a", "two-a", "one-b", "three-a", "two-b", "three-b"], order);
        Assert.Empty(woken);
    }

    /// <summary>A queue that leases without pause is there before the one that is told: it has to wait for that one, but not for ever.</summary>
    [Theory, OnEveryStore]
    public async Task Suspects_OfAQueueThatLeasesAllTheTime_LetThoseOfAnotherOneHaveTheirTurn(StoreKind store)
    {
        var grid = await OpenAsync(store);
        foreach (var (id, queue) in new[] { ("a", "busy"), ("b", "busy"), ("c", "busy"), ("d", "quiet"), ("e", "quiet") })
        {
            await grid.Tasks.AcceptAsync(TestGrid.Task(id, queue));
        }

        for (var death = 0; death < 2; death++)
        {
            var victim = await grid.SiloAsync();
            await BeginAllAsync(grid, [.. await grid.LeaseAsync(victim, queue: "busy"), .. await grid.LeaseAsync(victim, queue: "quiet")]);
            await grid.DieAsync(victim);
        }

        var silo = await grid.SiloAsync();
        var lease = await grid.LeaseOneAsync(silo, "a", "busy");
        Assert.Empty(await grid.LeaseAsync(silo, queue: "quiet"));
        await grid.SucceedAsync(lease);
        Assert.Empty(await grid.LeaseAsync(silo, queue: "busy"));
        lease = await grid.LeaseOneAsync(silo, "d", "quiet");
        Assert.Empty(await grid.LeaseAsync(silo, queue: "busy"));
        await grid.SucceedAsync(lease);
        lease = await grid.LeaseOneAsync(silo, "b", "busy");

        // Somebody is told and does not come: nobody waits for that for longer than two seconds.
        Assert.Empty(await grid.LeaseAsync(silo, queue: "quiet"));
        await grid.SucceedAsync(lease);
        await grid.PassAsync(TimeSpan.FromSeconds(1.999));
        Assert.Empty(await grid.LeaseAsync(silo, queue: "busy"));
        await grid.PassAsync(TimeSpan.FromSeconds(0.001));
        await grid.SucceedAsync(await grid.LeaseOneAsync(silo, "c", "busy"));

        // With the silo goes what was noted for it.
        Assert.True(await grid.Silos.LeaveAsync(silo.Name));
        Assert.Equal(0, await grid.Raw.KeyExistsAsync([grid.Key($"trials:{silo.Name}"), grid.Key($"trials:{silo.Name}:turn")]));
    }

    [Theory, OnEveryStore]
    public async Task ASuspectThatGoesBack_LetsAnotherQueueHaveItsTurn(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.Tasks.AcceptAsync(TestGrid.Task("a", "one"));
        await grid.Tasks.AcceptAsync(TestGrid.Task("b", "two"));
        for (var death = 0; death < 2; death++)
        {
            var victim = await grid.SiloAsync();
            await BeginAllAsync(grid, [await grid.LeaseOneAsync(victim, "a", "one"), await grid.LeaseOneAsync(victim, "b", "two")]);
            await grid.DieAsync(victim);
        }

        var (silo, woken) = (await grid.SiloAsync(), new List<string>());
        var lease = await grid.LeaseOneAsync(silo, "a", "one");
        Assert.Empty(await grid.LeaseAsync(silo, queue: "two"));
        grid.Connection.Woken += woken.Add;
        await grid.Leases.HandBackAsync("a", lease.Token);
        Assert.Contains("two", woken);
        await grid.LeaseOneAsync(silo, "b", "two");
    }

    [Theory, OnEveryStore]
    public async Task Suspect_WhoseAttemptEnds_IsNoneAnyMore(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptAsync("a");
        await LeaseAndDieAsync(grid, begin: true);
        await LeaseAndDieAsync(grid, begin: true);
        var lease = await grid.LeaseOneAsync(await grid.SiloAsync(), "a");
        await grid.RetryAsync(lease);
        var line = (await grid.ReadAsync("a")).Line;
        Assert.Equal((2, 0, 1), (line.Interruptions, line.Crashes, line.Attempt));
    }

    [Theory, OnEveryStore]
    public async Task Begin_IsRefusedForAStaleACancelledAndADeadSilosLease(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a", "b");
        var leases = await grid.LeaseAsync(silo);
        Assert.True(await grid.Leases.BeginAsync("a", leases[0].Token));
        Assert.True(await grid.Leases.BeginAsync("a", leases[0].Token));
        Assert.False(await grid.Leases.BeginAsync("a", leases[0].Token + 1));
        Assert.False(await grid.Leases.BeginAsync("never", leases[0].Token));
        await grid.Tasks.CancelAsync("b", "requested");
        Assert.False(await grid.Leases.BeginAsync("b", leases[1].Token));
        await grid.BuryAsync(silo);
        Assert.False(await grid.Leases.BeginAsync("a", leases[0].Token));
    }

    private static async Task BeginAllAsync(TestGrid grid, IReadOnlyList<GrantedLease> leases)
    {
        foreach (var lease in leases)
        {
            await grid.Leases.BeginAsync(lease.Id, lease.Token);
        }
    }

    private static async Task LeaseAndDieAsync(TestGrid grid, bool begin)
    {
        var silo = await grid.SiloAsync();
        foreach (var lease in await grid.LeaseAsync(silo))
        {
            Assert.Equal(begin, begin && await grid.Leases.BeginAsync(lease.Id, lease.Token));
        }

        await grid.DieAsync(silo);
    }
}
