namespace TaskGrid.Store;

public sealed class LeaseOrderTests(StoreServers servers) : StoreTest(servers)
{
    [Theory, OnEveryStore(1, 2, 7, 100)]
    public async Task Order_IsPriorityThenPlace_AcrossLanesAndWhateverTheStep(StoreKind store, int step)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync("a", "b", "c");
        var random = new Random(step);
        var accepted = new List<(string Id, int Priority)>();
        for (var i = 0; i < 120; i++)
        {
            var (priority, name) = (random.Next(10), "abc"[random.Next(3)].ToString());
            await grid.Tasks.AcceptAsync(TestGrid.Task($"t{i}", name: name, priority: priority, hash: $"{i}"));
            accepted.Add(($"t{i}", priority));
        }

        var order = new List<string>();
        while (await grid.LeaseAsync(silo, step) is { Count: > 0 } leases)
        {
            Assert.True(leases.Count <= step);
            order.AddRange(leases.Select(l => l.Id));
        }

        Assert.Equal(accepted.OrderByDescending(t => t.Priority).Select(t => t.Id), order);
    }

    [Theory, OnEveryStore]
    public async Task Order_AfterHandBacksCancelsAndRetries_IsStillByPlace(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync("a", "b");
        for (var i = 0; i < 40; i++)
        {
            await grid.Tasks.AcceptAsync(TestGrid.Task($"t{i:00}", name: i % 3 == 0 ? "a" : "b", hash: $"{i}"));
        }

        var random = new Random(1);
        var left = Enumerable.Range(0, 40).Select(i => $"t{i:00}").ToHashSet();
        foreach (var lease in await grid.LeaseAsync(silo, 30))
        {
            switch (random.Next(4))
            {
                case 0:
                    await grid.SucceedAsync(lease);
                    left.Remove(lease.Id);
                    break;
                case 1:
                    await grid.RetryAsync(lease);
                    break;
                case 2:
                    await grid.Leases.HandBackAsync(lease.Id, lease.Token);
                    Assert.Equal(CancelOutcome.Cancelled, (await grid.Tasks.CancelAsync(lease.Id, "requested")).Outcome);
                    left.Remove(lease.Id);
                    break;
                default:
                    await grid.Leases.HandBackAsync(lease.Id, lease.Token);
                    break;
            }
        }

        Assert.Equal(left.Order(), (await grid.LeaseAsync(silo)).Select(l => l.Id));
    }

    [Theory, OnEveryStore]
    public async Task Lane_OfANameThatTheSiloLacks_IsLeftForOthers(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var (mail, both) = (await grid.SiloAsync("mail"), await grid.SiloAsync("mail", "film"));
        await grid.Tasks.AcceptAsync(TestGrid.Task("film1", name: "film", priority: 9));
        await grid.Tasks.AcceptAsync(TestGrid.Task("mail1", name: "mail"));
        await grid.Tasks.AcceptAsync(TestGrid.Task("film2", name: "film"));
        await grid.Tasks.AcceptAsync(TestGrid.Task("mail2", name: "mail"));
        var reply = await grid.TryLeaseAsync(mail);
        Assert.Equal(["mail1", "mail2"], reply.Leases.Select(l => l.Id));
        Assert.True(reply.More, "The films are there for other silos.");
        Assert.Equal(["film1", "film2"], (await grid.LeaseAsync(both)).Select(l => l.Id));
    }

    [Theory, OnEveryStore]
    public async Task Lanes_ThatTheSiloLacks_HoweverMany_DoNotHideItsOwn(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => grid.Tasks.AcceptAsync(TestGrid.Task($"t{i}", name: $"other{i}", hash: $"{i}"))));
        await grid.AcceptAsync("mine");
        await grid.LeaseOneAsync(await grid.SiloAsync(), "mine");
    }

    [Theory, OnEveryStore]
    public async Task Lanes_AnnouncedWithTheSamePlace_AreBothServed(StoreKind store)
    {
        // As a cut script leaves them: one of the two is out of date.
        var grid = await OpenAsync(store);
        await grid.Tasks.AcceptAsync(TestGrid.Task("a", name: "walk"));
        await grid.AcceptAsync("b");
        var first = await grid.Raw.SortedSetScoreAsync(grid.Key("q:q:open"), "5:walk");
        await grid.Raw.SortedSetAddAsync(grid.Key("q:q:open"), "5:work", first!.Value);
        Assert.Equal(["a", "b"], (await grid.LeaseAsync(await grid.SiloAsync("walk", "work"))).Select(l => l.Id));
    }

    [Theory, OnEveryStore]
    public async Task Queues_AreApart(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.Tasks.AcceptAsync(TestGrid.Task("a", "one"));
        await grid.Tasks.AcceptAsync(TestGrid.Task("b", "two", delay: TimeSpan.FromDays(1)));
        Assert.Equal([("one", true), ("two", false)], (await grid.Silos.SurveyAsync()).Queues.Select(w => (w.Queue, w.IsReady)).Order());
        Assert.Empty(await grid.LeaseAsync(silo, queue: "two"));
        await grid.LeaseOneAsync(silo, "a", "one");
    }
}
