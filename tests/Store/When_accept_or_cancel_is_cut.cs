using TaskGrid.Storage;

namespace TaskGrid.Store;

public sealed class When_accept_or_cancel_is_cut(StoreServers servers) : CutTests(servers)
{
    [Theory, OnEveryStore]
    public Task Accept_OfReadyWork_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        grid => grid.AcceptAsync("before"),
        grid => grid.AcceptAsync("a"),
        async grid =>
        {
            Assert.Contains((await grid.Tasks.AcceptAsync(TestGrid.Task("a"))).Acceptance, (Acceptance[])[Acceptance.Created, Acceptance.Same]);
            Assert.Equal(["before", "a"], await grid.DrainAsync(await grid.SiloAsync()));
        }));

    [Theory, OnEveryStore]
    public Task Accept_OfWorkForLater_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        _ => Task.CompletedTask,
        grid => grid.Tasks.AcceptAsync(TestGrid.Task("a", delay: TimeSpan.FromMinutes(1))),
        async grid =>
        {
            await grid.PassAsync(TimeSpan.FromSeconds(30));
            await grid.Tasks.AcceptAsync(TestGrid.Task("a", delay: TimeSpan.FromMinutes(1)));
            Assert.NotEmpty((await grid.Silos.SurveyAsync()).Queues);
            var due = (await grid.ReadAsync("a")).Line.Due;
            await grid.SetClockAsync(due - 1);
            Assert.Empty(await grid.DrainAsync(await grid.SiloAsync()));
            await grid.SetClockAsync(due);
            await AssertEndsAsync(grid, "Succeeded", 1, "a");
        }));

    [Theory, OnEveryStore]
    public Task Accept_OfSeveralInOneCall_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        grid => grid.AcceptAsync("before"),
        AcceptSeveralAsync,
        async grid =>
        {
            Assert.DoesNotContain(await AcceptSeveralAsync(grid), a => a is not (Acceptance.Created or Acceptance.Same));
            var silo = await grid.SiloAsync();
            Assert.Equal(["before", "a", "b", "c"], await grid.DrainAsync(silo));
            await grid.PassAsync(TimeSpan.FromMinutes(2));
            await AssertEndsAsync(grid, "Succeeded", 1, "a", "b", "c", "later");
        }));

    /// <summary>A cut accept was never acknowledged, so the id may come again as something else: its traces must not matter.</summary>
    [Theory, OnEveryStore("work", "walk")]
    public Task Accept_ThenTheSameIdWithOtherContent_RunsOnlyWhereItBelongs(StoreKind store, string name) => CutEverywhereAsync(store, new(
        _ => Task.CompletedTask,
        grid => grid.AcceptAsync("a"),
        async grid =>
        {
            var acceptance = (await grid.Tasks.AcceptAsync(TestGrid.Task("a", "other", name, hash: "other"))).Acceptance;
            var ran = await grid.DrainAsync(await grid.SiloAsync("work"));
            Assert.Equal(acceptance == Acceptance.Exists ? ["a"] : [], ran);
            ran = await grid.DrainAsync(await grid.SiloAsync(name), "other");
            Assert.Equal(acceptance == Acceptance.Created ? ["a"] : [], ran);
        }));

    [Theory, OnEveryStore]
    public Task Accept_OfLaterWorkThenTheSameIdInAnotherQueue_RunsOnlyWhereItBelongs(StoreKind store) => CutEverywhereAsync(store, new(
        _ => Task.CompletedTask,
        grid => grid.Tasks.AcceptAsync(TestGrid.Task("a", delay: TimeSpan.FromMinutes(1))),
        async grid =>
        {
            var acceptance = (await grid.Tasks.AcceptAsync(TestGrid.Task("a", "other", delay: TimeSpan.FromHours(1), hash: "other"))).Acceptance;
            await grid.PassAsync(TimeSpan.FromMinutes(1));
            var silo = await grid.SiloAsync();
            Assert.Equal(acceptance == Acceptance.Exists ? ["a"] : [], await grid.DrainAsync(silo));
            Assert.Empty(await grid.DrainAsync(silo, "other"));
            await grid.PassAsync(TimeSpan.FromHours(1));
            Assert.Equal(acceptance == Acceptance.Created ? ["a"] : [], await grid.DrainAsync(silo, "other"));
            Assert.Empty((await grid.Silos.SurveyAsync()).Queues);
        }));

    [Theory, OnEveryStore]
    public Task Accept_OfABatch_LosesNoneThatIsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        _ => Task.CompletedTask,
        grid => Task.WhenAll(Batch().Select(grid.Tasks.AcceptAsync)),
        async grid =>
        {
            foreach (var task in Batch())
            {
                await grid.Tasks.AcceptAsync(task);
            }

            await grid.PassAsync(TimeSpan.FromSeconds(1));
            await grid.DrainAsync(await grid.SiloAsync("work", "walk"));
            await AssertEndedAsync(grid, "Succeeded", 1, [.. Batch().Select(t => t.Id)]);
        }));

    [Theory, OnEveryStore(0, 60)]
    public Task Cancel_OfWhatWaits_IsTriedAgain(StoreKind store, int delay) => CutEverywhereAsync(store, new(
        grid => grid.Tasks.AcceptAsync(TestGrid.Task("a", delay: TimeSpan.FromSeconds(delay))),
        grid => grid.Tasks.CancelAsync("a", "requested"),
        async grid =>
        {
            Assert.Contains((await grid.Tasks.CancelAsync("a", "requested")).Outcome, (CancelOutcome[])[CancelOutcome.Cancelled, CancelOutcome.AlreadyFinished]);
            await grid.PassAsync(TimeSpan.FromMinutes(1));
            await AssertEndsAsync(grid, "Cancelled", 0, "a");
        }));

    [Theory, OnEveryStore]
    public Task Cancel_OfWhatRuns_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await grid.AcceptAsync("a");
            await grid.LeaseOneAsync(await grid.SiloAsync(), "a");
        },
        grid => grid.Tasks.CancelAsync("a", "requested"),
        async grid =>
        {
            Assert.Equal(CancelOutcome.Requested, (await grid.Tasks.CancelAsync("a", "requested")).Outcome);
            await grid.ReconcileAsync(new("silo1~1", ""));
            await AssertEndsAsync(grid, "Cancelled", 0, "a");
        }));

    private static NewTask[] Batch() =>
    [
        .. Enumerable.Range(0, 8).Select(i => TestGrid.Task(
            $"t{i}", name: i % 2 == 0 ? "work" : "walk", priority: i % 3, delay: TimeSpan.FromSeconds(i % 4 == 3 ? 1 : 0))),
    ];

    private static async Task<Acceptance[]> AcceptSeveralAsync(TestGrid grid) => await grid.TogetherAsync(
        ((NewTask[])[TestGrid.Task("a"), TestGrid.Task("b"), TestGrid.Task("later", delay: TimeSpan.FromMinutes(1)), TestGrid.Task("c")])
            .Select(t => (Func<Task<Acceptance>>)(async () => (await grid.Tasks.AcceptAsync(t)).Acceptance)));
}
