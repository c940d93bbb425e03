namespace TaskGrid.Store;

/// <summary>Fair queues and ageing.</summary>
public sealed class TurnTests(StoreServers servers) : StoreTest(servers)
{
    [Theory, OnEveryStore]
    public async Task Fair_LanesTakeTurns(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.ConfigureAsync("q", new() { Fair = true });
        for (var i = 0; i < 10; i++)
        {
            await grid.AcceptWithKeyAsync($"a{i}", "a");
        }

        await grid.AcceptWithKeyAsync("b0", "b");
        await grid.AcceptWithKeyAsync("b1", "b");
        await grid.AcceptWithKeyAsync("c0", "c");
        var order = (await grid.LeaseAsync(silo, 6)).Select(l => l.Id).ToList();
        await grid.AcceptWithKeyAsync("urgent", "z", priority: 9);
        order.AddRange((await grid.LeaseAsync(silo, 3)).Select(l => l.Id));
        Assert.Equal(["a0", "b0", "c0", "a1", "b1", "a2", "urgent", "a3", "a4"], order);
        await Invariants.AssertAsync(grid);
    }

    [Theory, OnEveryStore]
    public async Task Fair_SwitchedOnAndOff_LosesNothing(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        for (var i = 0; i < 6; i++)
        {
            await grid.AcceptWithKeyAsync($"a{i}", "a");
        }

        await grid.AcceptWithKeyAsync("b0", "b");
        await grid.ConfigureAsync("q", new() { Fair = true });
        Assert.Equal(["a0", "b0", "a1"], (await grid.LeaseAsync(silo, 3)).Select(l => l.Id));
        await grid.ConfigureAsync("q", new());
        await grid.AcceptWithKeyAsync("c0", "c");
        Assert.Equal(["a2", "a3", "a4", "a5", "c0"], (await grid.LeaseAsync(silo)).Select(l => l.Id));
        await Invariants.AssertAsync(grid);
    }

    [Theory, OnEveryStore]
    public async Task Ageing_RaisesWhatHasWaited(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.ConfigureAsync("q", new() { AgeingInterval = TimeSpan.FromMinutes(1) });
        await grid.Tasks.AcceptAsync(TestGrid.Task("old", priority: 3));
        await grid.PassAsync(TimeSpan.FromMinutes(1.5));
        await grid.Tasks.AcceptAsync(TestGrid.Task("new", priority: 5));
        await grid.Tasks.AcceptAsync(TestGrid.Task("high", priority: 8));
        Assert.Equal(["high", "new", "old"], await OrderAsync(grid, silo));
        await grid.Tasks.AcceptAsync(TestGrid.Task("old", priority: 3, hash: "2"));
        await grid.Tasks.AcceptAsync(TestGrid.Task("older", priority: 3));
        await grid.PassAsync(TimeSpan.FromMinutes(2.5));
        await grid.Tasks.AcceptAsync(TestGrid.Task("new2", priority: 5));
        Assert.Equal(["older", "new2"], await OrderAsync(grid, silo));
    }

    private static async Task<List<string>> OrderAsync(TestGrid grid, TestSilo silo)
    {
        var order = new List<string>();
        while (await grid.LeaseAsync(silo, 1) is [var lease])
        {
            order.Add(lease.Id);
            await grid.SucceedAsync(lease);
        }

        return order;
    }
}
