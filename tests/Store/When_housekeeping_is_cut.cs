using TaskGrid.Storage;
using TaskGrid.Tasks;

namespace TaskGrid.Store;

public sealed class When_housekeeping_is_cut(StoreServers servers) : CutTests(servers)
{
    private static readonly TimeSpan s_keep = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_keyWindow = TimeSpan.FromHours(24);

    [Theory, OnEveryStore]
    public Task Prune_WithTombstones_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        FinishThreeAsync,
        grid => grid.Tasks.PruneAsync("S", s_keep, TimeSpan.FromDays(1), s_keyWindow),
        async grid =>
        {
            while (await grid.Tasks.PruneAsync("S", s_keep, TimeSpan.FromDays(1), s_keyWindow))
            {
            }

            var contents = await Contents.ReadAsync(grid);
            Assert.Equal(["a", "b", "c"], contents.Tasks.Where(t => t.Value.Line is null && t.Value.TimeToLive <= TimeSpan.FromDays(1)).Select(t => t.Key).Order());
            Assert.Empty(contents.BucketIndex);
            Assert.Empty(contents.Buckets);
            Assert.Equal(Acceptance.Forgotten, (await grid.Tasks.AcceptAsync(TestGrid.Task("a"))).Acceptance);
        }));

    [Theory, OnEveryStore]
    public Task Prune_WithoutTombstones_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        FinishThreeAsync,
        grid => grid.Tasks.PruneAsync("S", s_keep, TimeSpan.Zero, s_keyWindow),
        async grid =>
        {
            while (await grid.Tasks.PruneAsync("S", s_keep, TimeSpan.Zero, s_keyWindow))
            {
            }

            var contents = await Contents.ReadAsync(grid);
            Assert.Empty(contents.Tasks);
            Assert.Empty(contents.BucketIndex);
            Assert.Empty(contents.Buckets);
            await grid.AcceptAsync("a");
            await AssertEndsAsync(grid, "Succeeded", 1, "a");
        }));

    /// <summary>A bucket that was being filled is gone from the index in steps: what finishes meanwhile must not fall in it.</summary>
    [Theory, OnEveryStore]
    public Task Prune_ThenMoreIsFinished_KeepsItInTheIndex(StoreKind store) => CutEverywhereAsync(store, new(
        FinishThreeAsync,
        grid => grid.Tasks.PruneAsync("S", s_keep, TimeSpan.Zero, s_keyWindow),
        async grid =>
        {
            await grid.AcceptAsync("d");
            await AssertEndsAsync(grid, "Succeeded", 1, "d");
            await grid.PassAsync(TimeSpan.FromHours(2));
            while (await grid.Tasks.PruneAsync("S", s_keep, TimeSpan.Zero, s_keyWindow))
            {
            }

            Assert.Empty((await Contents.ReadAsync(grid)).Tasks);
        }));

    [Theory, OnEveryStore]
    public Task Finish_ThatFillsABucket_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            var silo = await grid.SiloAsync();
            await Task.WhenAll(Enumerable.Range(0, 128).Select(i => grid.Tasks.AcceptAsync(TestGrid.Task($"t{i}"))));
            var leases = await grid.LeaseAsync(silo, 128);
            await Task.WhenAll(leases.Where(l => l.Id != "t127").Select(grid.SucceedAsync));
        },
        FinishLastAsync,
        async grid =>
        {
            await FinishLastAsync(grid);
            await grid.AcceptAsync("next");
            await AssertEndsAsync(grid, "Succeeded", 1, "next", "t127");
        }));

    [Theory, OnEveryStore]
    public Task Register_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        _ => Task.CompletedTask,
        RegisterAsync,
        async grid =>
        {
            await RegisterAsync(grid);
            await grid.Silos.BeatAsync("s~1", "caps", "16 0");
            Assert.NotNull(await grid.Silos.DescribeAsync("one"));
            Assert.NotNull(await grid.Silos.DescribeAsync("two"));
        }));

    [Theory, OnEveryStore]
    public Task Beat_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        RegisterAsync,
        grid => grid.Silos.BeatAsync("s~1", "caps", "16 0"),
        async grid => Assert.True((await grid.Silos.BeatAsync("s~1", "caps", "16 0")).Accepted)));

    [Theory, OnEveryStore]
    public Task Bury_ThenLeave_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        async grid => await grid.SiloAsync(),
        async grid =>
        {
            await grid.Silos.BuryAsync("silo1~1", $"{grid.Now} caps-work 16 0");
            await grid.Silos.LeaveAsync("silo1~1");
        },
        async grid =>
        {
            Assert.True(await grid.Silos.BuryAsync("silo1~1", $"{grid.Now} caps-work 16 0"));
            Assert.True(await grid.Silos.LeaveAsync("silo1~1"));
            Assert.Empty((await Contents.ReadAsync(grid)).Silos);
        }));

    [Theory, OnEveryStore]
    public Task Recovery_FromLostWrites_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await grid.AcceptAsync("a", "b");
            await grid.LeaseAsync(await grid.SiloAsync());
            await grid.Raw.KeyDeleteAsync(grid.Key("leases"));
            await grid.Tasks.AcceptAsync(TestGrid.Task("a"));
            await grid.Tasks.AcceptAsync(TestGrid.Task("b"));
            await grid.Raw.StringSetAsync(grid.Key("seq"), 2);
            await Assert.ThrowsAsync<StoreRolledBackException>(() => grid.Tasks.ReadAsync("a"));
        },
        RecoverAsync,
        async grid =>
        {
            // What had got through must not let the silo go on before all of its leases are back.
            if (grid.Connection.Fault is not null)
            {
                await Assert.ThrowsAsync<StoreRolledBackException>(() => grid.Tasks.ReadAsync("a"));
                await RecoverAsync(grid);
            }

            Assert.Empty(await grid.DrainAsync(await grid.SiloAsync()));
            Assert.Equal(2, (await grid.Leases.HeldByAsync("silo1~1")).Count);
        }));

    private static async Task FinishThreeAsync(TestGrid grid)
    {
        await grid.AcceptAsync("a", "b", "c");
        await AssertEndsAsync(grid, "Succeeded", 1, "a", "b", "c");
        await grid.PassAsync(TimeSpan.FromHours(1) + s_keep);
    }

    private static Task<char?> FinishLastAsync(TestGrid grid) => grid.Tasks.FinishAsync("t127", TestGrid.Start * 1024, new Verdict.Succeed(JsonText.From(1)), []);

    private static Task RegisterAsync(TestGrid grid) => grid.Silos.RegisterAsync("s~1", "caps", [new("one", Description), new("two", Description)]);

    private static TaskDescription Description => new("q", new());

    private static async Task RecoverAsync(TestGrid grid)
    {
        var lease = new LeaseLine(TestGrid.Start * 1024, "silo1~1", 1, TestGrid.Start, true, false).ToString();
        Assert.Empty(await grid.Connection.AdvanceAsync([("a", lease), ("b", lease)]));
    }
}
