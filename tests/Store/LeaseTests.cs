using System.Globalization;
using TaskGrid.Storage;

namespace TaskGrid.Store;

public sealed class LeaseTests(StoreServers servers) : StoreTest(servers)
{
    [Theory, OnEveryStore]
    public async Task Lease_ReadyTask_CarriesWhatTheWorkerNeedsAndShowsAsRunning(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a");
        var lease = await grid.LeaseOneAsync(silo, "a");
        var record = await grid.ReadAsync("a");
        Assert.Equal(grid.Now * 1024, lease.Token);
        Assert.Equal(grid.Now, lease.StartedAt);
        Assert.Equal(record.Line, Tasks.StateLine.Parse(lease.Line));
        Assert.Equal(record.Definition, Tasks.TaskDefinition.Decode(lease.Definition!));
        Assert.Null(lease.Attempts);
        Assert.Equal((TaskState.Running, silo.Name, 1), (record.State, record.Lease!.Value.Silo, record.Lease.Value.Attempt));
    }

    [Theory, OnEveryStore]
    public async Task Lease_TokenAfterAClockThatStoodStillOrWentBack_OnlyGrows(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a");
        var tokens = new List<long>();
        for (var i = 0; i < 6; i++)
        {
            var lease = await grid.LeaseOneAsync(silo, "a");
            tokens.Add(lease.Token);
            await grid.Leases.HandBackAsync("a", lease.Token);
            await grid.PassAsync(TimeSpan.FromMinutes(i % 2 == 0 ? 0 : -1));
        }

        Assert.Equal(tokens.Distinct().Order(), tokens);
    }

    [Theory, OnEveryStore]
    public async Task Lease_MoreThanAsked_StopsAtMaxAndSaysMore(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a", "b", "c");
        var reply = await grid.TryLeaseAsync(silo, 2);
        Assert.Equal(["a", "b"], reply.Leases.Select(l => l.Id));
        Assert.True(reply.More);
        reply = await grid.TryLeaseAsync(silo, 2);
        Assert.Equal(["c"], reply.Leases.Select(l => l.Id));
        Assert.False(reply.More);
    }

    [Theory, OnEveryStore]
    public async Task Lease_VeryMany_AreGrantedInBoundedSteps(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await Task.WhenAll(Enumerable.Range(0, 600).Select(i => grid.Tasks.AcceptAsync(TestGrid.Task($"t{i}"))));
        var reply = await grid.TryLeaseAsync(silo, 10_000);
        Assert.Equal((256, true), (reply.Leases.Count, reply.More));
        GrantedLease[] all = [.. reply.Leases, .. await grid.LeaseAsync(silo, 10_000), .. await grid.LeaseAsync(silo, 10_000)];
        var places = all.Select(l => Tasks.StateLine.Parse(l.Line).Place).ToList();
        Assert.Equal(places.Order(), places);
        Assert.Equal(600, all.DistinctBy(l => l.Id).Count());
        Assert.Equal(600, (await grid.Leases.HeldByAsync(silo.Name)).Count);
    }

    [Theory, OnEveryStore]
    public async Task Lease_LongDefinition_IsLeftToTheWorkerToRead(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var header = TestGrid.Task("x", args: "").Definition.Encode().Length;
        await grid.Tasks.AcceptAsync(TestGrid.Task("fits", args: Args(2048 - header)));
        await grid.Tasks.AcceptAsync(TestGrid.Task("long", args: Args(2049 - header)));
        var leases = await grid.LeaseAsync(await grid.SiloAsync());
        Assert.Equal(2048, leases[0].Definition!.Length);
        Assert.Null(leases[1].Definition);
        Assert.Equal(Args(2049 - header), (await grid.ReadAsync("long")).Definition!.Args.ToString());

        static string Args(int length) => $"[\"{new string('x', length - 4)}\"]";
    }

    [Theory, OnEveryStore]
    public async Task Lease_ByAFormerDispatcher_IsSuperseded(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a");
        var former = (await grid.Leases.OpenAsync("q")).Epoch;
        var present = (await grid.Leases.OpenAsync("q")).Epoch;
        Assert.True(present > former);
        Assert.Equal(LeaseStatus.Superseded, (await grid.Leases.LeaseAsync("q", former, silo.Name, silo.Capabilities, 1, 1)).Status);
        Assert.Equal(LeaseStatus.Superseded, (await grid.Leases.LeaseAsync("never-opened", 1, silo.Name, silo.Capabilities, 1, 1)).Status);
        Assert.Single((await grid.Leases.LeaseAsync("q", present, silo.Name, silo.Capabilities, 1, 1)).Leases);
    }

    [Theory, OnEveryStore]
    public async Task Lease_ToASiloThatIsDeadOrUnknown_IsRefused(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a");
        Assert.Equal(LeaseStatus.DeadSilo, (await grid.TryLeaseAsync(silo with { Name = "nobody~1" })).Status);
        await grid.BuryAsync(silo);
        Assert.Equal(LeaseStatus.DeadSilo, (await grid.TryLeaseAsync(silo)).Status);
    }

    [Theory, OnEveryStore]
    public async Task Lease_FromAPausedQueue_IsRefusedAndNothingIsLost(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a");
        await grid.Raw.HashSetAsync(grid.Key("q:q"), "paused", "1");
        Assert.Equal(LeaseStatus.Paused, (await grid.TryLeaseAsync(silo)).Status);
        await grid.Raw.HashSetAsync(grid.Key("q:q"), "paused", "0");
        await grid.LeaseOneAsync(silo, "a");
    }

    [Theory, OnEveryStore]
    public async Task Lease_WhatIsNotDue_WaitsAndIsAnnounced(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.Tasks.AcceptAsync(TestGrid.Task("later", delay: TimeSpan.FromSeconds(90)));
        await grid.Tasks.AcceptAsync(TestGrid.Task("soon", delay: TimeSpan.FromSeconds(30)));
        var reply = await grid.TryLeaseAsync(silo);
        Assert.Equal((0, TimeSpan.FromSeconds(30), false), (reply.Leases.Count, reply.LookAgainIn, reply.More));
        await grid.PassAsync(TimeSpan.FromSeconds(30));
        reply = await grid.TryLeaseAsync(silo);
        Assert.Equal("soon", Assert.Single(reply.Leases).Id);
        Assert.Equal(TimeSpan.FromSeconds(60), reply.LookAgainIn);
        await grid.PassAsync(TimeSpan.FromSeconds(60));
        reply = await grid.TryLeaseAsync(silo);
        Assert.Equal("later", Assert.Single(reply.Leases).Id);
        Assert.Null(reply.LookAgainIn);
    }

    [Theory, OnEveryStore]
    public async Task Lease_VeryManyBecomeDueTogether_AreMadeReadyInChunks(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => grid.Tasks.AcceptAsync(TestGrid.Task($"t{i}", delay: TimeSpan.FromSeconds(1)))));
        await grid.PassAsync(TimeSpan.FromSeconds(1));
        var reply = await grid.TryLeaseAsync(silo, 150);
        Assert.Equal((150, TimeSpan.Zero), (reply.Leases.Count, reply.LookAgainIn));
        Assert.Equal(300 - 256, await grid.Raw.SortedSetLengthAsync(grid.Key("q:q:due")));
        await Invariants.AssertAsync(grid);
        reply = await grid.TryLeaseAsync(silo, 250);
        Assert.Equal((150, (TimeSpan?)null), (reply.Leases.Count, reply.LookAgainIn));
    }

    [Theory, OnEveryStore]
    public async Task HandBack_NotBegun_KeepsThePlaceAndCountsNothing(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a", "b");
        var before = (await grid.ReadAsync("a")).Line;
        var lease = await grid.LeaseOneAsync(silo, "a");
        await grid.Leases.HandBackAsync("a", lease.Token);
        await grid.Leases.HandBackAsync("a", lease.Token);
        var after = (await grid.ReadAsync("a")).Line;
        Assert.Equal((before.Place, 0, 0, 0, lease.Token), (after.Place, after.Attempt, after.Interruptions, after.Crashes, after.Issued));
        Assert.Null(await grid.SucceedAsync(lease));
        Assert.Equal(["a", "b"], (await grid.LeaseAsync(silo)).Select(l => l.Id));
    }

    [Theory, OnEveryStore]
    public async Task HandBack_ByAFormerLease_ChangesNothing(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a");
        var former = await grid.LeaseOneAsync(silo, "a");
        await grid.Leases.HandBackAsync("a", former.Token);
        var present = await grid.LeaseOneAsync(silo, "a");
        await grid.Leases.HandBackAsync("a", former.Token);
        Assert.Equal(present.Token, (await grid.ReadAsync("a")).Lease!.Value.Token);
    }

    [Theory, OnEveryStore]
    public async Task Progress_WithThePresentToken_IsKept_WithAFormerOneRefused(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptAsync("a");
        var lease = await grid.LeaseOneAsync(await grid.SiloAsync(), "a");
        Assert.True(await grid.Tasks.ProgressAsync("a", lease.Token, JsonText.From(0.5)));
        Assert.False(await grid.Tasks.ProgressAsync("a", lease.Token - 1, JsonText.From(0.9)));
        Assert.Equal("0.5", System.Text.Encoding.UTF8.GetString((await grid.ReadAsync("a")).Progress!));
        await grid.SucceedAsync(lease);
        Assert.False(await grid.Tasks.ProgressAsync("a", lease.Token, JsonText.From(1)));
        Assert.False(await grid.Tasks.ProgressAsync("never", lease.Token, JsonText.From(1)));
    }

    [Theory, OnEveryStore]
    public async Task Numbers_AsLargeAsTheyGet_StayExact(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        // The last places below the next priority, and the year 2200: tokens of 7e15.
        var place = (1L << 49) - 10_000;
        await grid.Raw.StringSetAsync(grid.Key("seq"), place.ToString(CultureInfo.InvariantCulture));
        await grid.SetClockAsync(new DateTimeOffset(2200, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds());
        var ids = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            var id = $"{9 - (i / 4)}-{i}";
            await grid.Tasks.AcceptAsync(TestGrid.Task(id, priority: 9 - (i / 4), name: i % 2 == 0 ? "work" : "walk", hash: $"{i}"));
            ids.Add(id);
        }

        await grid.Tasks.AcceptAsync(TestGrid.Task("due", delay: TimeSpan.FromMilliseconds(1)));
        var both = await grid.SiloAsync("work", "walk");
        var leases = new List<GrantedLease>();
        while (await grid.TryLeaseAsync(both, 3) is { Leases.Count: > 0 } reply)
        {
            Assert.Equal(TimeSpan.FromMilliseconds(1), reply.LookAgainIn);
            leases.AddRange(reply.Leases);
        }

        Assert.Equal(ids, leases.Select(l => l.Id));
        Assert.All(leases, l => Assert.Equal(grid.Now * 1024, l.Token));
        var places = leases.Select(l => Tasks.StateLine.Parse(l.Line).Place).ToList();
        Assert.Equal(places.Order(), places);
        Assert.InRange(places[0], place, place + 100);
        Assert.NotNull(await grid.SucceedAsync(leases[0]));
        Assert.Null(await grid.SucceedAsync(leases[1] with { Token = leases[1].Token + 1 }));
        Assert.Empty(await grid.LeaseAsync(silo));
    }
}
