using TaskGrid.Storage;

namespace TaskGrid.Store;

public sealed class When_what_is_set_or_noted_is_cut(StoreServers servers) : CutTests(servers)
{
    private static readonly QueueSettings s_declared = new() { Limits = new(Concurrency: 1) };
    private static readonly QueueChange s_change = new("op", 0);
    private static readonly QueueSettings s_declaredLater = new() { Limits = new(Concurrency: 2) };

    /// <summary>It must not look as if somebody had set it while the grid ran: that would hold for good.</summary>
    [Theory, OnEveryStore]
    public Task Declare_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        grid => grid.AcceptAsync("a", "b", "c"),
        grid => grid.Queues.DeclareAsync("q", s_declared),
        async grid =>
        {
            await grid.Queues.DeclareAsync("q", s_declared);
            var silo = await grid.SiloAsync();
            await grid.SucceedAsync(Assert.Single(await grid.LeaseAsync(silo)));
            await grid.Queues.DeclareAsync("q", s_declaredLater);
            Assert.Equal(s_declaredLater.Limits, (await grid.Queues.ReadAsync(["q"]))[0].Settings?.Limits);
            Assert.Equal(2, (await grid.LeaseAsync(silo)).Count);
        }));

    [Theory, OnEveryStore]
    public Task Pause_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        grid => grid.AcceptAsync("a"),
        async grid => await grid.Queues.PauseAsync("q", paused: true, s_change),
        async grid =>
        {
            Assert.True(await grid.Queues.PauseAsync("q", paused: true, s_change));
            var silo = await grid.SiloAsync();
            Assert.Empty((await grid.TryLeaseAsync(silo)).Leases);
            await grid.PauseAsync("q", paused: false);
            Assert.Equal(["a"], await grid.DrainAsync(silo));
        }));

    /// <summary>A line may have come twice, and none is missing.</summary>
    [Theory, OnEveryStore]
    public Task Log_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await grid.AcceptAsync("a");
            await grid.LeaseAsync(await grid.SiloAsync());
        },
        LogAsync,
        async grid =>
        {
            await LogAsync(grid);
            Assert.Equal(["one", "two"], (await grid.Tasks.ReadLogAsync("a")).Lines.TakeLast(2));
        }));

    [Theory, OnEveryStore]
    public Task Audit_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        async grid => await grid.Audit.AddAsync("earlier"),
        AuditAsync,
        async grid =>
        {
            await AuditAsync(grid);
            Assert.Equal([(2, 204, "entry"), (1, null, "earlier")], (await grid.Audit.ReadAsync(null, 10)).Select(l => (l.Number, l.Status, l.Entry)));
        }));

    /// <summary>The first silo of a store that has nothing.</summary>
    [Theory, OnEveryStore]
    public Task Join_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        async grid => await grid.Raw.KeyDeleteAsync([grid.Key("format"), grid.Key("life")]),
        grid => grid.ConnectAsync(),
        async grid =>
        {
            var connection = await grid.ConnectAsync();
            Assert.Equal(Acceptance.Created, (await new TaskStore(connection).AcceptAsync(TestGrid.Task("a"))).Acceptance);
        }));

    private static Task<bool> LogAsync(TestGrid grid) => grid.Tasks.LogAsync("a", TestGrid.Start * 1024, ["one", "two"]);

    private static async Task AuditAsync(TestGrid grid) => await grid.Audit.EndAsync(await grid.Audit.AddAsync("entry"), 204);
}
