namespace TaskGrid.Store;

/// <summary>Lists of what a worker runs, or ran last, and operations on that.</summary>
public sealed class WorkerFilterTests(StoreServers servers) : StoreTest(servers)
{
    [Theory, OnEveryStore]
    public async Task List_OfAWorker_HasWhatItRunsAndWhatItRanLast(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var (one, two) = await FillAsync(grid);
        foreach (var page in (int[])[1, 2, 50])
        {
            Assert.Equal("both r run1 f s", await grid.IdsAsync(new() { Worker = one.Name }, page));
            Assert.Equal("run2", await grid.IdsAsync(new() { Worker = two.Name }, page));
            Assert.Equal("run1", await grid.IdsAsync(new() { Worker = one.Name, State = TaskState.Running }, page));
            Assert.Equal("run2", await grid.IdsAsync(new() { Worker = two.Name, State = TaskState.Running }, page));
            Assert.Equal("r both", await grid.IdsAsync(new() { Worker = one.Name, State = TaskState.Retrying }, page));
            Assert.Equal("f", await grid.IdsAsync(new() { Worker = one.Name, State = TaskState.Failed }, page));
            Assert.Equal("s", await grid.IdsAsync(new() { Worker = one.Name, State = TaskState.Succeeded }, page));
        }
    }

    /// <summary>All incarnations of a silo, for one; a task that nobody has run is of none.</summary>
    [Theory, OnEveryStore]
    public async Task List_OfWorkersOfABeginning_HasThoseOfAllOfThem(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var (one, _) = await FillAsync(grid);
        Assert.Equal("both r run2 run1 f s", await grid.IdsAsync(new() { Worker = "silo*" }));
        Assert.Equal("both r run2 run1 f s", await grid.IdsAsync(new() { Worker = "*" }));
        Assert.Equal("both r run1 f s", await grid.IdsAsync(new() { Worker = $"{one.Name[..^2]}*" }));
        Assert.Equal("", await grid.IdsAsync(new() { Worker = one.Name[..^1] }));
        Assert.Equal("", await grid.IdsAsync(new() { Worker = "-" }));
        Assert.Equal("", await grid.IdsAsync(new() { Worker = "-*" }));
    }

    /// <summary>The worker of a live lease counts, not the one before it; one that has given its lease back was the last.</summary>
    [Theory, OnEveryStore]
    public async Task List_OfAWorker_FollowsATaskThatGoesOnElsewhere(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var (one, two) = await FillAsync(grid);
        await grid.PassAsync(TimeSpan.FromHours(3));
        var lease = await grid.LeaseOneAsync(two, "r");
        Assert.Equal("r run2", await grid.IdsAsync(new() { Worker = two.Name }));
        await grid.Leases.HandBackAsync("r", lease.Token);
        Assert.Equal("both run1 f s", await grid.IdsAsync(new() { Worker = one.Name }));
        Assert.Equal("r run2", await grid.IdsAsync(new() { Worker = two.Name }));
    }

    /// <summary>By itself and with other parts of a filter; the number is that which was told before.</summary>
    [Theory, OnEveryStore]
    public async Task Cancel_OverAWorker_ReachesThoseOfTheListThatAreNotFinal(StoreKind store)
    {
        foreach (var (filter, expected, asked) in ((TaskFilter, string, string)[])
            [
                (new() { Worker = "silo1~1" }, "both r", "run1"), (new() { Worker = "silo2*" }, "", "run2"), (new() { Worker = "silo1~1", State = TaskState.Running }, "", "run1"),
                (new() { Worker = "silo1~1", State = TaskState.Retrying }, "both r", ""), (new() { Worker = "*", Text = "both" }, "both", ""), (new() { Worker = "silo3~1" }, "", ""),
            ])
        {
            var grid = await OpenAsync(store);
            await FillAsync(grid);
            // What runs is asked, which counts as well.
            var count = expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length + (asked.Length > 0 ? 1 : 0);
            Assert.Equal(count, await grid.CountOverAsync("cancel", "requested", filter));
            var operation = await grid.OverAsync("cancel", "requested", filter);
            Assert.Equal((count, asked), (operation.Done, string.Join(' ', operation.Asked.Select(a => a.Id))));
            Assert.Equal(expected.Split(' ').Order(), (await grid.IdsAsync(new() { State = TaskState.Cancelled })).Split(' ').Order());
        }
    }

    [Theory, OnEveryStore]
    public async Task Retry_OverAWorker_TakesWhatHasFailedThere(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var (one, two) = await FillAsync(grid);
        await grid.FailAsync(await grid.LeaseOneAsync(two, "waiting"));
        Assert.Equal(1, await grid.CountOverAsync("retry", "", new() { State = TaskState.Failed, Worker = one.Name }));
        Assert.Equal(1, (await grid.OverAsync("retry", "", new() { State = TaskState.Failed, Worker = one.Name })).Done);
        Assert.Equal("waiting", await grid.IdsAsync(new() { State = TaskState.Failed }));
        // It is still the one that ran it last.
        Assert.Equal("f", await grid.IdsAsync(new() { State = TaskState.Queued, Worker = one.Name }));
    }

    /// <summary>
    /// On the first silo one that succeeded, one that failed, one that runs and two that wait for another attempt; one runs on the second; and one has not run yet.
    /// </summary>
    private static async Task<(TestSilo One, TestSilo Two)> FillAsync(TestGrid grid)
    {
        var (one, two) = (await grid.SiloAsync(), await grid.SiloAsync());
        await grid.AcceptAsync("s", "f", "run1", "run2", "r", "both", "waiting");
        await grid.SucceedAsync(await grid.LeaseOneAsync(one, "s"));
        await grid.FailAsync(await grid.LeaseOneAsync(one, "f"));
        await grid.LeaseOneAsync(one, "run1");
        await grid.LeaseOneAsync(two, "run2");
        await grid.RetryAsync(await grid.LeaseOneAsync(one, "r"), TimeSpan.FromHours(1));
        await grid.RetryAsync(await grid.LeaseOneAsync(one, "both"), TimeSpan.FromHours(2));
        return (one, two);
    }
}
