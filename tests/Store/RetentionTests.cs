using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TaskGrid.Storage;

namespace TaskGrid.Store;

public sealed class RetentionTests(StoreServers servers) : StoreTest(servers)
{
    private static readonly TimeSpan s_window = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_keep = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_keyWindow = TimeSpan.FromHours(24);

    /// <summary>A bucket takes entries for an hour: only then can it be wholly over its time.</summary>
    private static readonly TimeSpan s_over = TimeSpan.FromHours(1) + s_keep;

    [Theory, OnEveryStore]
    public async Task Prune_WhatIsNotOverItsTime_StaysWithItsBucket(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await FinishOneAsync(grid, "a");
        await grid.PassAsync(s_over - TimeSpan.FromMilliseconds(1));
        Assert.False(await grid.Tasks.PruneAsync("S", s_keep, s_window, s_keyWindow));
        await grid.PassAsync(TimeSpan.FromMilliseconds(1));
        Assert.False(await grid.Tasks.PruneAsync("F", s_keep, s_window, s_keyWindow));
        Assert.True(await grid.Tasks.PruneAsync("S", s_keep, s_window, s_keyWindow));
        Assert.False(await grid.Tasks.PruneAsync("S", s_keep, s_window, s_keyWindow));
        Assert.Null(await grid.Tasks.ReadAsync("a"));
    }

    [Theory, OnEveryStore]
    public async Task Prune_PastTheIdempotencyWindow_LeavesNothingOfATask(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await FinishOneAsync(grid, "a");
        await grid.PassAsync(s_over);
        await grid.Tasks.PruneAsync("S", s_keep, s_window, s_keyWindow);
        var contents = await Contents.ReadAsync(grid);
        Assert.Empty(contents.Tasks);
        Assert.Empty(contents.Buckets);
        Assert.Empty(contents.BucketIndex);
        Assert.Empty(contents.CurrentBuckets);
        Assert.Equal(Acceptance.Created, (await grid.Tasks.AcceptAsync(TestGrid.Task("a"))).Acceptance);
    }

    [Theory, OnEveryStore]
    public async Task Prune_WithinTheIdempotencyWindow_LeavesATombstoneThatRefusesTheId(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await FinishOneAsync(grid, "a");
        await grid.PassAsync(s_over);
        await grid.Tasks.PruneAsync("S", s_keep, TimeSpan.FromDays(1), s_keyWindow);
        Assert.Null(await grid.Tasks.ReadAsync("a"));
        Assert.Equal((Acceptance.Forgotten, null), await grid.Tasks.AcceptAsync(TestGrid.Task("a")));
        Assert.Equal((Acceptance.Exists, null), await grid.Tasks.AcceptAsync(TestGrid.Task("a", hash: "other")));
        Assert.Equal(CancelOutcome.NotFound, (await grid.Tasks.CancelAsync("a", "requested")).Outcome);
        var tombstone = (await Contents.ReadAsync(grid)).Tasks["a"];
        Assert.InRange(tombstone.TimeToLive!.Value, TimeSpan.FromHours(22), TimeSpan.FromDays(1) - s_over);
        Assert.Empty(await grid.DrainAsync(await grid.SiloAsync()));
    }

    /// <summary>More may end in a minute than is forgotten in a round.</summary>
    [Theory, OnEveryStore]
    public async Task PruneAll_WhoseTimeWasOver_SaysThatThereIsMore(StoreKind store)
    {
        var grid = await OpenAsync(store);
        foreach (var hour in Enumerable.Range(0, 10))
        {
            await FinishOneAsync(grid, $"t{hour}");
            await grid.PassAsync(TimeSpan.FromHours(1) + TimeSpan.FromMilliseconds(1));
        }

        await grid.PassAsync(s_keep);
        var retention = new Retention(
            grid.Tasks, Options.Create(new TaskGridOptions { KeepSucceeded = s_keep }), new FastTime(), NullLogger<Retention>.Instance);
        var rounds = 1;
        while (await retention.PruneAllAsync())
        {
            rounds++;
        }

        // Ten buckets with a pause of 5 s of this time after each.
        Assert.InRange(rounds, 2, 11);
        Assert.Empty((await Contents.ReadAsync(grid)).Tasks);
    }

    private sealed class FastTime : TimeProvider
    {
        public override long GetTimestamp() => base.GetTimestamp() * 1000;
    }

    [Theory, OnEveryStore]
    public async Task Prune_Many_GoesBucketByBucketAndStateByState(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => grid.Tasks.AcceptAsync(TestGrid.Task($"t{i}"))));
        var leases = await grid.LeaseAsync(silo, 200);
        await Task.WhenAll(leases.Take(150).Select(grid.SucceedAsync).Concat(leases.Skip(150).Select(grid.FailAsync)));
        await grid.PassAsync(TimeSpan.FromHours(1) + TimeSpan.FromMilliseconds(1));
        await FinishOneAsync(grid, "young");
        await grid.PassAsync(s_keep);

        Assert.True(await grid.Tasks.PruneAsync("S", s_keep, s_window, s_keyWindow));
        Assert.Equal(1 + 22 + 50, (await Contents.ReadAsync(grid)).Tasks.Count);
        Assert.True(await grid.Tasks.PruneAsync("S", s_keep, s_window, s_keyWindow));
        Assert.False(await grid.Tasks.PruneAsync("S", s_keep, s_window, s_keyWindow));
        Assert.Equal(50 + 1, (await Contents.ReadAsync(grid)).Tasks.Count);
        Assert.Equal(TaskState.Succeeded, (await grid.ReadAsync("young")).State);
        Assert.True(await grid.Tasks.PruneAsync("F", s_keep, s_window, s_keyWindow));
        Assert.Equal(["young"], (await Contents.ReadAsync(grid)).Tasks.Keys);
    }

    [Theory, OnEveryStore]
    public async Task Prune_AnIdThatRunsAnew_IsNotTouchedByItsFormerBucket(StoreKind store)
    {
        // A cut script may leave an id in a bucket whose record says otherwise.
        var grid = await OpenAsync(store);
        await FinishOneAsync(grid, "a");
        await grid.AcceptAsync("b");
        await grid.Raw.ListRightPushAsync(grid.Key("fin:S:q:1"), "b");
        await grid.PassAsync(s_over);
        await grid.Tasks.PruneAsync("S", s_keep, s_window, s_keyWindow);
        Assert.Equal(["b"], await grid.DrainAsync(await grid.SiloAsync()));
    }

    private static async Task FinishOneAsync(TestGrid grid, string id)
    {
        await grid.AcceptAsync(id);
        var silo = await grid.SiloAsync();
        Assert.Equal([id], await grid.DrainAsync(silo));
        Assert.True(await grid.Silos.LeaveAsync(silo.Name));
    }
}
