using TaskGrid.Tasks;

namespace TaskGrid.Store;

public sealed class SiloTests(StoreServers servers) : StoreTest(servers)
{
    [Theory, OnEveryStore]
    public async Task Describe_ATaskThatALiveSiloRuns_GivesItsDefaults(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var description = new TaskDescription("films", new() { Priority = 2, MaxAttempts = 7, TimeLimit = TimeSpan.FromSeconds(5) });
        await grid.Silos.RegisterAsync("s~1", "caps", [new("film", description)]);
        Assert.Equal(description, await grid.Silos.DescribeAsync("film"));
        await grid.Silos.RegisterAsync("s~1", "caps", [new("charge", description with { Sensitive = [new("card", 1), new("pin")] })]);
        Assert.Equal([new("card", 1), new("pin")], (await grid.Silos.DescribeAsync("charge"))!.Sensitive!);
        Assert.Null(await grid.Silos.DescribeAsync("never"));
        await grid.BuryAsync(new("s~1", "caps"));
        Assert.Null(await grid.Silos.DescribeAsync("film"));
    }

    [Theory, OnEveryStore]
    public async Task Beat_BringsTheBeatsOfAll(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var (one, two) = (await grid.SiloAsync(), await grid.SiloAsync());
        await grid.PassAsync(TimeSpan.FromSeconds(1));
        var reply = await grid.Silos.BeatAsync(one.Name, one.Capabilities, "16 3");
        Assert.Equal((true, grid.Now), (reply.Accepted, reply.Now));
        Assert.Equal($"{grid.Now} {one.Capabilities} 16 3", reply.Beats[one.Name]);
        Assert.Equal($"{grid.Now - 1000} {two.Capabilities} 16 0", reply.Beats[two.Name]);
    }

    /// <summary>Its registration is the first; a silo that was declared dead had one, too.</summary>
    [Theory, OnEveryStore]
    public async Task Heartbeats_AreTheInstantsOfTheLastBeats(StoreKind store)
    {
        var grid = await OpenAsync(store);
        Assert.Empty(await grid.Silos.HeartbeatsAsync());
        var (one, two) = (await grid.SiloAsync(), await grid.SiloAsync());
        await grid.PassAsync(TimeSpan.FromSeconds(1));
        await grid.Silos.BeatAsync(one.Name, one.Capabilities, "16 3 0");
        await grid.Silos.RegisterAsync("s~1", "caps", []);
        await grid.BuryAsync(two);
        var heartbeats = await grid.Silos.HeartbeatsAsync();
        Assert.Equal((At(0), At(-1), At(0)), (heartbeats[one.Name], heartbeats[two.Name], heartbeats["s~1"]));

        DateTimeOffset At(int seconds) => DateTimeOffset.FromUnixTimeMilliseconds(grid.Now + (seconds * 1000));
    }

    [Theory, OnEveryStore]
    public async Task Beat_OfASiloThatIsNotOnTheList_IsDead(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.BuryAsync(silo);
        Assert.True(await grid.Silos.LeaveAsync(silo.Name));

        Assert.False((await grid.Silos.BeatAsync(silo.Name, silo.Capabilities, "16 0")).Accepted, "It was declared dead, and must not go on under this name.");
        Assert.Empty((await Contents.ReadAsync(grid)).Silos);
    }

    [Theory, OnEveryStore]
    public async Task Bury_ASiloThatHasBeatenSince_IsRefused(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        var seen = (await grid.Silos.BeatAsync(silo.Name, silo.Capabilities, "16 0")).Beats[silo.Name];
        await grid.PassAsync(TimeSpan.FromSeconds(1));
        await grid.Silos.BeatAsync(silo.Name, silo.Capabilities, "16 0");
        Assert.False(await grid.Silos.BuryAsync(silo.Name, seen));
        await grid.BuryAsync(silo);
        Assert.True(await grid.Silos.BuryAsync(silo.Name, seen), "It is buried already.");
        Assert.True(await grid.Silos.BuryAsync("nobody~1", seen), "It is gone already.");
        Assert.False((await grid.Silos.BeatAsync(silo.Name, silo.Capabilities, "16 0")).Accepted);
    }

    [Theory, OnEveryStore]
    public async Task Leave_WithLeases_IsRefusedUntilTheyHaveEnded(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var (silo, other) = (await grid.SiloAsync(), await grid.SiloAsync());
        await grid.AcceptAsync("a", "b");
        var mine = await grid.LeaseOneAsync(silo, "a");
        await grid.LeaseOneAsync(other, "b");
        Assert.False(await grid.Silos.LeaveAsync(silo.Name));
        await grid.SucceedAsync(mine);
        Assert.True(await grid.Silos.LeaveAsync(silo.Name));
        Assert.True(await grid.Silos.LeaveAsync(silo.Name));
        Assert.Equal([other.Name], (await Contents.ReadAsync(grid)).Silos.Keys);
    }

    [Theory, OnEveryStore]
    public async Task Leases_OfATaskNamedLikeAFault_AreListed(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("error", "epoch");
        await grid.LeaseAsync(silo);
        Assert.Equal(["epoch", "error"], (await grid.Leases.HeldByAsync(silo.Name)).Select(l => l.Id).Order());
    }

    [Theory, OnEveryStore]
    public async Task Leases_OfManyDead_AreAllReaped(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await Task.WhenAll(Enumerable.Range(0, 1200).Select(i => grid.Tasks.AcceptAsync(TestGrid.Task($"t{i}"))));
        while ((await grid.LeaseAsync(silo, 1000)).Count > 0)
        {
        }

        Assert.Equal(1200, (await grid.Leases.HeldByAsync(silo.Name)).Count);
        await grid.BuryAsync(silo);
        var reaped = 0;
        while (await grid.Leases.OfDeadSilosAsync() is { Count: > 0 } found)
        {
            Assert.InRange(found.Count, 1, 1000);
            Assert.All(await Task.WhenAll(found.Select(l => grid.Leases.LapseAsync(l.Id, l.Lease.Token, TestGrid.CrashLimit))), Assert.True);
            reaped += found.Count;
        }

        Assert.Equal(1200, reaped);
        Assert.True(await grid.Silos.LeaveAsync(silo.Name));
    }

    [Theory, OnEveryStore]
    public async Task Open_RemembersTheReminderAndCountsDispatchers(StoreKind store)
    {
        var grid = await OpenAsync(store);
        Assert.Equal((1, false), await grid.Leases.OpenAsync("q"));
        await grid.Leases.RemindedAsync("q");
        Assert.Equal((2, true), await grid.Leases.OpenAsync("q"));
        Assert.Equal((1, false), await grid.Leases.OpenAsync("r"));
    }
}
