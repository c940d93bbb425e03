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
            var log = await grid.Tasks.ReadLogAsync("a");
            Assert.True(log.Lines is ["one", "two"] or ["one", "two", "one", "two"], string.Join(' ', log.Lines));
            // By this number whoever reads on knows what is new.
            Assert.True(log.Number >= log.Lines.Count, $"the last of {log.Lines.Count} lines has number {log.Number}");
        }));

    [Theory, OnEveryStore]
    public Task Audit_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        async grid => await grid.Audit.AddAsync("earlier"),
        grid => grid.Audit.AddAsync("entry"),
        async grid =>
        {
            Assert.Equal(2, await grid.Audit.AddAsync("entry"));
            Assert.Equal([(2, "entry"), (1, "earlier")], (await grid.Audit.ReadAsync(null, 10)).Select(l => (l.Number, l.Entry)));
        }));

    [Theory, OnEveryStore]
    public Task Audited_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        async grid => await grid.Audit.AddAsync("entry"),
        grid => grid.Audit.EndAsync(1, 204),
        async grid =>
        {
            await grid.Audit.EndAsync(1, 204);
            Assert.Equal([(1, 204)], (await grid.Audit.ReadAsync(null, 10)).Select(l => (l.Number, l.Status)));
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
}
