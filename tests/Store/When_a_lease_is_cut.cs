using TaskGrid.Storage;

namespace TaskGrid.Store;

public sealed class When_a_lease_is_cut(StoreServers servers) : CutTests(servers)
{
    [Theory, OnEveryStore]
    public Task Lease_OfReadyWork_IsFoundAndGivenBack(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await grid.AcceptAsync("a");
            await grid.Tasks.AcceptAsync(TestGrid.Task("b", name: "walk"));
            await grid.AcceptAsync("c", "d");
            await OpenQueueAsync(grid);
        },
        async grid => await grid.LeaseAsync(new("silo1~1", "caps-work-walk"), 3),
        async grid =>
        {
            await grid.ReconcileAsync(new("silo1~1", ""));
            Assert.Equal(["a", "b", "c", "d"], await grid.DrainAsync(new("silo1~1", "caps-work-walk")));
            await AssertEndedAsync(grid, "Succeeded", 1, "a", "b", "c", "d");
        }));

    [Theory, OnEveryStore]
    public Task Lease_OfWhatHasJustBecomeDue_IsFoundAndGivenBack(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            foreach (var (id, name) in ((string, string)[])[("a", "work"), ("b", "walk"), ("c", "work")])
            {
                await grid.Tasks.AcceptAsync(TestGrid.Task(id, name: name, delay: TimeSpan.FromSeconds(1)));
            }

            await OpenQueueAsync(grid);
            await grid.PassAsync(TimeSpan.FromSeconds(1));
        },
        async grid => await grid.LeaseAsync(new("silo1~1", "caps-work-walk"), 2),
        async grid =>
        {
            await grid.ReconcileAsync(new("silo1~1", ""));
            Assert.Equal(["a", "b", "c"], await grid.DrainAsync(new("silo1~1", "caps-work-walk")));
        }));

    [Theory, OnEveryStore]
    public Task Lease_ThenTheSiloDies_RunsElsewhereWithOneInterruptionAtMost(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await grid.AcceptAsync("a", "b");
            await OpenQueueAsync(grid);
        },
        async grid => await grid.LeaseAsync(new("silo1~1", "caps-work-walk")),
        async grid =>
        {
            await grid.DieAsync(new("silo1~1", ""));
            await AssertEndsAsync(grid, "Succeeded", 1, "a", "b");
            Assert.InRange((await grid.ReadAsync("a")).Line.Interruptions, 0, 1);
        }));

    /// <summary>The entry left in the lane for all must not let a suspect run beside another one.</summary>
    [Theory, OnEveryStore]
    public Task Lease_OfOneThatBecomesASuspect_StillRunsThroughTheTrial(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await grid.AcceptAsync("a", "b");
            await CrashAsync(grid);
            await OpenQueueAsync(grid);
        },
        async grid => await grid.LeaseAsync(new("silo2~1", "caps-work-walk")),
        async grid =>
        {
            foreach (var (id, lease) in await grid.Leases.HeldByAsync("silo2~1"))
            {
                await grid.Leases.BeginAsync(id, lease.Token);
            }

            await grid.DieAsync(new("silo2~1", ""));
            var suspects = (await grid.ReadAsync("a")).Line.Crashes == 2;
            var leases = await grid.LeaseAsync(await grid.SiloAsync());
            await Invariants.AssertAsync(grid);
            Assert.Equal(suspects ? ["a"] : ["a", "b"], leases.Select(l => l.Id));
            await Task.WhenAll(leases.Select(grid.SucceedAsync));
            await AssertEndsAsync(grid, "Succeeded", 1, "a", "b");
        }));

    [Theory, OnEveryStore]
    public Task Lease_OfASuspect_DoesNotBlockTheSilosTrial(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await grid.AcceptAsync("a", "b");
            await CrashAsync(grid);
            await CrashAsync(grid);
            await OpenQueueAsync(grid);
        },
        async grid => await grid.LeaseAsync(new("silo3~1", "caps-work-walk")),
        async grid =>
        {
            await grid.ReconcileAsync(new("silo3~1", ""));
            Assert.Equal(["a", "b"], await grid.DrainAsync(new("silo3~1", "caps-work-walk")));
        }));

    [Theory, OnEveryStore]
    public Task Begin_OfASuspect_CountsItsDeathOnceItWasAnswered(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await grid.AcceptAsync("a");
            await CrashAsync(grid);
            await grid.LeaseOneAsync(await grid.SiloAsync(), "a");
        },
        BeginAsync,
        async grid =>
        {
            await BeginAsync(grid);
            await grid.DieAsync(new("silo2~1", ""));
            Assert.Equal(2, (await grid.ReadAsync("a")).Line.Crashes);
            await AssertEndsAsync(grid, "Succeeded", 1, "a");
        }));

    [Theory, OnEveryStore]
    public Task Open_ByADispatcher_SupersedesEarlierOnes(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await grid.AcceptAsync("a");
            await grid.TryLeaseAsync(await grid.SiloAsync(), 0);
        },
        grid => grid.Leases.OpenAsync("q"),
        async grid =>
        {
            var epoch = (await grid.Leases.OpenAsync("q")).Epoch;
            Assert.Equal(LeaseStatus.Superseded, (await grid.TryLeaseAsync(new("silo1~1", "caps-work"))).Status);
            Assert.Single((await grid.Leases.LeaseAsync("q", epoch, "silo1~1", "caps-work", 1, 1)).Leases);
        }));

    private static async Task OpenQueueAsync(TestGrid grid) => await grid.TryLeaseAsync(await grid.SiloAsync("work", "walk"), 0);

    private static async Task BeginAsync(TestGrid grid)
    {
        var (id, lease) = Assert.Single(await grid.Leases.HeldByAsync("silo2~1"));
        Assert.True(await grid.Leases.BeginAsync(id, lease.Token));
    }

    private static async Task CrashAsync(TestGrid grid)
    {
        var silo = await grid.SiloAsync();
        foreach (var lease in await grid.LeaseAsync(silo))
        {
            Assert.True(await grid.Leases.BeginAsync(lease.Id, lease.Token));
        }

        await grid.DieAsync(silo);
    }
}
