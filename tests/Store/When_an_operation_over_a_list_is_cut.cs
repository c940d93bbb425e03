using TaskGrid.Storage;

namespace TaskGrid.Store;

public sealed class When_an_operation_over_a_list_is_cut(StoreServers servers) : CutTests(servers)
{
    private static readonly TaskFilter s_failed = new() { State = TaskState.Failed };

    [Theory, OnEveryStore]
    public Task Cancel_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        grid => grid.AcceptAsync("a", "b"),
        grid => StepAsync(grid, "cancel", "requested", new()),
        async grid =>
        {
            await StepAsync(grid, "cancel", "requested", new());
            await AssertEndedAsync(grid, "Cancelled", 0, "a", "b");
            Assert.Empty(await grid.DrainAsync(await grid.SiloAsync()));
        }));

    [Theory, OnEveryStore]
    public Task Move_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await grid.AcceptAsync("a");
            await grid.Tasks.AcceptAsync(TestGrid.Task("b", delay: TimeSpan.FromSeconds(1)));
        },
        grid => StepAsync(grid, "move", "other", new()),
        async grid =>
        {
            await StepAsync(grid, "move", "other", new());
            await grid.PassAsync(TimeSpan.FromSeconds(2));
            var silo = await grid.SiloAsync();
            Assert.Empty(await grid.DrainAsync(silo));
            Assert.Equal(["a", "b"], (await grid.DrainAsync(silo, "other")).Order());
            await AssertEndedAsync(grid, "Succeeded", 1, "a", "b");
        }));

    [Theory, OnEveryStore]
    public Task Retry_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        FailTwoAsync,
        grid => StepAsync(grid, "retry", "", s_failed),
        async grid =>
        {
            await StepAsync(grid, "retry", "", s_failed);
            await AssertEndsAsync(grid, "Succeeded", 2, "a", "b");
        }));

    [Theory, OnEveryStore]
    public Task Forget_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        FailTwoAsync,
        grid => StepAsync(grid, "forget", ManyStore.Windows, s_failed),
        async grid =>
        {
            await StepAsync(grid, "forget", ManyStore.Windows, s_failed);
            Assert.Null(await grid.Tasks.ReadAsync("a"));
            Assert.Equal(Acceptance.Forgotten, (await grid.Tasks.AcceptAsync(TestGrid.Task("b"))).Acceptance);
            // What was cut has no end until its bucket goes.
            await grid.PassAsync(TimeSpan.FromHours(3));
            Assert.True(await grid.Tasks.PruneAsync("F", TimeSpan.FromHours(1), TimeSpan.FromDays(1), TimeSpan.FromDays(1)));
        }));

    private static async Task FailTwoAsync(TestGrid grid)
    {
        await grid.AcceptAsync("a", "b");
        foreach (var lease in await grid.LeaseAsync(await grid.SiloAsync()))
        {
            await grid.FailAsync(lease);
        }
    }

    private static Task<SweepStep> StepAsync(TestGrid grid, string action, string argument, TaskFilter filter) =>
        grid.Many.OverAsync(action, argument, filter, filter.State is null ? "A" : "F", cutoff: grid.Now, "", 100, 500);
}
