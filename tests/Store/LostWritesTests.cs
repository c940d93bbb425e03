using TaskGrid.Storage;

namespace TaskGrid.Store;

/// <summary>A store that is another one, was wiped, or has gone back.</summary>
public sealed class LostWritesTests(StoreServers servers) : StoreTest(servers)
{
    [Theory, OnEveryStore]
    public async Task Epoch_OfAnotherStore_IsRefusedAndNothingIsDone(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var mine = (string?)await grid.Raw.StringGetAsync(grid.Key("epoch"));
        Assert.Equal(mine, grid.Connection.Epoch);
        await grid.Raw.StringSetAsync(grid.Key("epoch"), "another");
        await Assert.ThrowsAsync<StoreForeignException>(() => grid.AcceptAsync("a"));
        await Assert.ThrowsAsync<StoreForeignException>(() => grid.Tasks.ReadAsync("a"));
        await grid.Raw.KeyDeleteAsync(grid.Key("epoch"));
        await Assert.ThrowsAsync<StoreForeignException>(() => grid.AcceptAsync("a"));
        Assert.IsType<StoreForeignException>(grid.Connection.Fault);
        Assert.Empty((await Contents.ReadAsync(grid)).Tasks);
        await grid.Raw.StringSetAsync(grid.Key("epoch"), mine);
        await grid.AcceptAsync("a");
        Assert.Null(grid.Connection.Fault);
    }

    [Theory, OnEveryStore]
    public async Task Sequence_ThatWentBack_RefusesEverythingUntilTheSiloHasRecovered(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a", "b");
        var other = await grid.ConnectAsync();
        await new SiloStore(other).SurveyAsync();
        await grid.Raw.StringSetAsync(grid.Key("seq"), 1);
        await Assert.ThrowsAsync<StoreRolledBackException>(() => grid.TryLeaseAsync(silo));

        // The other silo recovers first; this one must offer its own leases before it goes on.
        await Assert.ThrowsAsync<StoreRolledBackException>(() => new TaskStore(other).ReadAsync("a"));
        await other.AdvanceAsync([]);
        Assert.NotNull(await new TaskStore(other).ReadAsync("a"));
        await Assert.ThrowsAsync<StoreRolledBackException>(() => grid.Tasks.ReadAsync("a"));
        Assert.Empty(await grid.Connection.AdvanceAsync([]));
        Assert.Null(grid.Connection.Fault);
        Assert.Equal(["a", "b"], await grid.DrainAsync(silo));
    }

    /// <summary>Nothing else is asked of a store while leases are in doubt: who offers them has to say that it is another one.</summary>
    [Theory, OnEveryStore]
    public async Task Epoch_OfAnotherStore_WhileLeasesAreInDoubt_IsTold(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a", "b");
        await grid.Raw.StringSetAsync(grid.Key("seq"), 1);
        await Assert.ThrowsAsync<StoreRolledBackException>(() => grid.TryLeaseAsync(silo));
        await grid.Raw.StringSetAsync(grid.Key("epoch"), "another");
        var told = 0;
        grid.Connection.Replaced += () => told++;

        await Assert.ThrowsAsync<StoreForeignException>(() => grid.Connection.AdvanceAsync([]));
        await Assert.ThrowsAsync<StoreForeignException>(() => grid.Tasks.ReadAsync("a"));

        Assert.Equal(1, told);
        Assert.IsType<StoreForeignException>(grid.Connection.Fault);
        await grid.Raw.StringSetAsync(grid.Key("epoch"), grid.Connection.Epoch);
        await Assert.ThrowsAsync<StoreRolledBackException>(() => grid.TryLeaseAsync(silo));
        Assert.Empty(await grid.Connection.AdvanceAsync([]));
        Assert.Equal(["a", "b"], await grid.DrainAsync(silo));
    }

    [Theory, OnEveryStore]
    public async Task Sequence_ThatWentBackAndOnAgain_RefusesThoseThatSawLittleOfIt(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var other = await grid.ConnectAsync();
        await grid.AcceptAsync("a", "b");
        await new TaskStore(other).ReadAsync("a");
        await grid.AcceptAsync("c");

        // Nothing is missing of what the other silo had seen, but its leases may be gone all the same.
        await grid.Raw.StringSetAsync(grid.Key("seq"), 2);
        await Assert.ThrowsAsync<StoreRolledBackException>(() => grid.Tasks.ReadAsync("a"));
        await grid.Connection.AdvanceAsync([]);
        await Assert.ThrowsAsync<StoreRestartedException>(() => new TaskStore(other).ReadAsync("a"));
        await other.AdvanceAsync([]);
        Assert.NotNull(await new TaskStore(other).ReadAsync("a"));
        Assert.NotNull(await grid.Tasks.ReadAsync("a"));
    }

    [Theory, OnEveryStore]
    public async Task Process_ThatIsAnotherOne_LeasesOnlyToSilosThatHaveOfferedTheirs(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var other = await grid.ConnectAsync();
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a", "b");
        var held = await grid.LeaseOneAsync(silo, "a");
        var line = (await grid.Leases.HeldByAsync(silo.Name)).Single().Lease.ToString();
        await grid.RestartAsync();

        // What only reads or writes is done by any process; a lease would be granted twice.
        await grid.AcceptAsync("c");
        await Assert.ThrowsAsync<StoreRestartedException>(() => grid.TryLeaseAsync(silo));
        await Assert.ThrowsAsync<StoreRestartedException>(() => grid.Tasks.ReadAsync("a"));
        await Assert.ThrowsAsync<StoreRestartedException>(() => new TaskStore(other).ReadAsync("a"));
        Assert.Empty(await grid.Connection.AdvanceAsync([("a", line)]));
        Assert.Empty(await other.AdvanceAsync([]));
        Assert.NotNull(await grid.SucceedAsync(held));
        Assert.Equal(["b", "c"], await grid.DrainAsync(silo));
    }

    [Theory, OnEveryStore]
    public async Task Process_ThatIsAnotherOne_RefusesAllLeasesOfACall(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a", "b");
        await grid.TryLeaseAsync(silo, queue: "other");
        await grid.LeaseOneAsync(silo, "a");
        await grid.RestartAsync();

        // While two calls are on their way, what comes gathers for the third.
        var others = Enumerable.Range(0, 2).Select(_ => grid.Leases.RemindedAsync("q")).ToList();
        var leases = new[] { "other", "q" }.Select(q => grid.TryLeaseAsync(silo, queue: q)).ToList();
        await Task.WhenAll(others);
        foreach (var lease in leases)
        {
            await Assert.ThrowsAsync<StoreRestartedException>(() => lease);
        }

        await grid.Connection.AdvanceAsync([]);
        Assert.Equal(["b"], (await grid.LeaseAsync(silo)).Select(l => l.Id));
    }

    [Theory, OnEveryStore]
    public async Task Process_ThatIsAnotherOne_AsksForTheLeaseOfAnOutcomeThatItDoesNotKnow(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a");
        var lease = await grid.LeaseOneAsync(silo, "a");
        var line = (await grid.Leases.HeldByAsync(silo.Name)).Single().Lease.ToString();
        await grid.Raw.HashDeleteAsync(grid.Key("leases"), "a");
        await grid.RestartAsync();
        await Assert.ThrowsAsync<StoreRestartedException>(() => grid.SucceedAsync(lease));
        await Assert.ThrowsAsync<StoreRestartedException>(() => grid.Tasks.ReadAsync("a"));
        Assert.Empty(await grid.Connection.AdvanceAsync([("a", line)]));
        Assert.NotNull(await grid.SucceedAsync(lease));
    }

    [Theory, OnEveryStore]
    public async Task Process_ThatNotEverybodyMayAskFor_IsTheOneThatWasKnown(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a", "b");
        await grid.LeaseOneAsync(silo, "a");
        await grid.ForbidInfoAsync();
        await grid.LeaseOneAsync(silo, "b");
        Assert.Null(grid.Connection.Fault);
    }

    [Theory, OnEveryStore]
    public async Task Process_ThatIsAnotherOne_IsNoNewsForASiloThatComes(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptAsync("a");
        await grid.RestartAsync();
        var late = await grid.ConnectAsync();
        await new SiloStore(late).RegisterAsync("late~1", "caps", [new("work", new("q", new()))]);
        var epoch = (await new LeaseStore(late).OpenAsync("q")).Epoch;
        Assert.Single((await new LeaseStore(late).LeaseAsync("q", epoch, "late~1", "caps", 1, 1)).Leases);
        await Assert.ThrowsAsync<StoreRestartedException>(() => grid.Tasks.ReadAsync("a"));
        await grid.Connection.AdvanceAsync([]);
    }

    [Theory, OnEveryStore]
    public async Task Reoffer_LeasesThatWereLost_ArePutBackUnlessTheTaskHasMovedOn(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var (silo, other) = (await grid.SiloAsync(), await grid.SiloAsync());
        await grid.AcceptAsync("kept", "lost", "done", "taken", "cancelled");
        var before = await grid.Raw.HashGetAllAsync(grid.Key("t:done"));
        var leases = (await grid.LeaseAsync(silo)).ToDictionary(l => l.Id);
        var lines = (await grid.Leases.HeldByAsync(silo.Name)).ToDictionary(l => l.Id, l => l.Lease);

        // All leases but one are lost, and all of their tasks lie in the lane again.
        await grid.Raw.HashDeleteAsync(grid.Key("leases"), ["lost", "done", "taken", "cancelled"]);
        foreach (var id in (string[])["lost", "done", "taken", "cancelled"])
        {
            Assert.Equal(Acceptance.Same, (await grid.Tasks.AcceptAsync(TestGrid.Task(id))).Acceptance);
        }

        await grid.Tasks.CancelAsync("cancelled", "requested");
        await grid.PassAsync(TimeSpan.FromSeconds(1));
        var others = (await grid.LeaseAsync(other)).ToDictionary(l => l.Id);
        await grid.SucceedAsync(others["done"]);
        await grid.Leases.HandBackAsync("lost", others["lost"].Token);
        await grid.Raw.HashSetAsync(grid.Key("t:lost"), "s", string.Join(' ', leases["lost"].Line.Split(' ').Take(12)));

        var running = lines.Select(l => (l.Key, l.Value.ToString())).ToList();
        var refused = await grid.Connection.AdvanceAsync([.. running, ("never", lines["lost"].ToString())]);
        Assert.Equal(["cancelled", "done", "never", "taken"], refused.Order());
        Assert.NotEmpty(before);
        Assert.Empty(await grid.LeaseAsync(other));
        Assert.NotNull(await grid.SucceedAsync(leases["lost"]));
        Assert.NotNull(await grid.SucceedAsync(leases["kept"]));
        Assert.Null(await grid.SucceedAsync(leases["taken"]));
    }

    /// <summary>Or nobody would look for its lease, should it go before it has come again.</summary>
    /// <summary>A limit had been lifted, which is lost as well: what was leased without it counts in it.</summary>
    [Theory, OnEveryStore]
    public async Task Reoffer_ToAQueueWhoseLimitHasComeBack_IsCountedInIt(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a", "b", "c");
        var leases = await grid.LeaseAsync(silo, max: 2);
        var lines = (await grid.Leases.HeldByAsync(silo.Name)).Select(l => (l.Id, l.Lease.ToString())).ToList();
        await grid.Raw.HashDeleteAsync(grid.Key("leases"), ["a", "b"]);
        foreach (var id in (string[])["a", "b"])
        {
            Assert.Equal(Acceptance.Same, (await grid.Tasks.AcceptAsync(TestGrid.Task(id))).Acceptance);
        }

        await grid.ConfigureAsync("q", new() { Limits = new(2), TaskLimits = new Dictionary<string, Limits> { ["work"] = new(2) } });
        await grid.RestartAsync();
        Assert.Empty(await grid.Connection.AdvanceAsync(lines));
        Assert.Empty(await grid.LeaseAsync(silo));
        await grid.SucceedAsync(leases[0]);
        Assert.Equal("c", Assert.Single(await grid.LeaseAsync(silo)).Id);
    }

    [Theory, OnEveryStore]
    public async Task Reoffer_OfASiloWhoseComingWasLost_ListsItUntilItRegistersAgain(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a");
        var leased = Assert.Single(await grid.LeaseAsync(silo));
        var (id, line) = Assert.Single(await grid.Leases.HeldByAsync(silo.Name));
        await grid.Raw.HashDeleteAsync(grid.Key("leases"), "a");
        await grid.Raw.HashDeleteAsync(grid.Key("silos"), silo.Name);
        await grid.Raw.KeyDeleteAsync(grid.Key($"caps:{silo.Capabilities}"));
        Assert.Equal(Acceptance.Same, (await grid.Tasks.AcceptAsync(TestGrid.Task("a"))).Acceptance);

        Assert.Empty(await grid.Connection.AdvanceAsync([(id, line.ToString())]));
        Assert.Equal([silo.Name], (await grid.Silos.BeatsAsync()).Keys);
        Assert.True((await grid.Silos.BeatAsync(silo.Name, silo.Capabilities, "16 0 0")).IsUnknown);
        Assert.False(await grid.Silos.LeaveAsync(silo.Name));
        Assert.Empty(await grid.Leases.OfDeadSilosAsync());

        await grid.Silos.RegisterAsync(silo.Name, silo.Capabilities, [new("work", new("q", new()))]);
        Assert.True((await grid.Silos.BeatAsync(silo.Name, silo.Capabilities, "16 0 0")).Accepted);
        Assert.NotNull(await grid.SucceedAsync(leased));
        Assert.True(await grid.Silos.LeaveAsync(silo.Name));
    }

    /// <summary>A silo that has come by its leases alone, and dies, is found like any other.</summary>
    [Theory, OnEveryStore]
    public async Task Reoffer_OfASiloWhoseComingWasLostAndThatDies_LapsesLikeAnyOther(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a");
        await grid.LeaseAsync(silo);
        var (id, line) = Assert.Single(await grid.Leases.HeldByAsync(silo.Name));
        await grid.Raw.HashDeleteAsync(grid.Key("leases"), "a");
        await grid.Raw.HashDeleteAsync(grid.Key("silos"), silo.Name);
        Assert.Equal(Acceptance.Same, (await grid.Tasks.AcceptAsync(TestGrid.Task("a"))).Acceptance);

        Assert.Empty(await grid.Connection.AdvanceAsync([(id, line.ToString())]));
        await grid.BuryAsync(silo);
        await grid.ReapAsync();
        Assert.True(await grid.Silos.LeaveAsync(silo.Name));
        Assert.Empty(await grid.Silos.BeatsAsync());
        Assert.Single(await grid.LeaseAsync(await grid.SiloAsync()));
    }

    [Theory, OnEveryStore]
    public async Task Recovery_WhileTheStoreFails_IsReportedAndCanBeTriedAgain(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptAsync("a");
        await grid.Raw.StringSetAsync(grid.Key("seq"), 0);
        await Assert.ThrowsAsync<StoreRolledBackException>(() => grid.Tasks.ReadAsync("a"));
        await grid.Raw.HashSetAsync(grid.Key("control"), "cut", 0);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => grid.Connection.AdvanceAsync([]));
        Assert.IsType<StoreRolledBackException>(grid.Connection.Fault);
        await grid.Raw.HashDeleteAsync(grid.Key("control"), "cut");
        await grid.Connection.AdvanceAsync([]);
        Assert.NotNull(await grid.Tasks.ReadAsync("a"));
    }

    [Theory, OnEveryStore]
    public async Task Fault_OfOneOperation_DoesNotTouchTheOthersOfItsBatch(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var accepts = Enumerable.Range(0, 20).Select(i => grid.Tasks.AcceptAsync(TestGrid.Task($"t{i}"))).ToList();
        var unknown = grid.Connection.WriteAsync("no-such-operation", "x");
        var after = grid.Tasks.AcceptAsync(TestGrid.Task("after"));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => unknown);
        Assert.All(await Task.WhenAll(accepts.Append(after)), a => Assert.Equal(Acceptance.Created, a.Acceptance));
    }
}
