using TaskGrid.Tasks;

namespace TaskGrid.Store;

public sealed class CancelTests(StoreServers servers) : StoreTest(servers)
{
    [Theory, OnEveryStore]
    public async Task Cancel_UnknownId_IsNotFound(StoreKind store)
    {
        var grid = await OpenAsync(store);
        Assert.Equal((CancelOutcome.NotFound, null), await grid.Tasks.CancelAsync("never", "requested"));
    }

    [Theory, OnEveryStore(false, true)]
    public async Task Cancel_NotLeased_IsCancelledAtOnceAndNeverRuns(StoreKind store, bool scheduled)
    {
        var grid = await OpenAsync(store);
        await grid.Tasks.AcceptAsync(TestGrid.Task("a", delay: TimeSpan.FromHours(scheduled ? 1 : 0)));
        Assert.Equal((CancelOutcome.Cancelled, null), await grid.Tasks.CancelAsync("a", "requested"));
        await grid.PassAsync(TimeSpan.FromHours(2));
        Assert.Empty(await grid.DrainAsync(await grid.SiloAsync()));
        var record = await grid.ReadAsync("a");
        Assert.Equal((TaskState.Cancelled, "requested", 0), (record.State, record.Line.Reason, record.Line.Attempt));
        Assert.Empty((await grid.Silos.SurveyAsync()).Queues);
    }

    [Theory, OnEveryStore]
    public async Task Cancel_WaitingForItsRetry_IsCancelledAtOnce(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a");
        await grid.RetryAsync(await grid.LeaseOneAsync(silo, "a"), TimeSpan.FromMinutes(1));
        Assert.Equal(CancelOutcome.Cancelled, (await grid.Tasks.CancelAsync("a", "requested")).Outcome);
        await grid.PassAsync(TimeSpan.FromHours(1));
        Assert.Empty(await grid.LeaseAsync(silo));
    }

    [Theory, OnEveryStore]
    public async Task Cancel_Leased_IsRequestedAndSaysWhereItRuns(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a");
        var lease = await grid.LeaseOneAsync(silo, "a");
        var version = (await grid.ReadAsync("a")).Version;
        Assert.Equal((CancelOutcome.Requested, silo.Name), await grid.Tasks.CancelAsync("a", "requested"));
        Assert.Equal((CancelOutcome.Requested, silo.Name), await grid.Tasks.CancelAsync("a", "requested"));
        var record = await grid.ReadAsync("a");
        Assert.Equal(TaskState.Running, record.State);
        Assert.True(record.Lease!.Value.CancelRequested);
        Assert.True(record.Version > version);
        Assert.True(Assert.Single(await grid.Leases.HeldByAsync(silo.Name)).Lease.CancelRequested);
        Assert.Equal('C', await grid.Tasks.FinishAsync("a", lease.Token, new Verdict.Cancel("requested"), []));
    }

    [Theory, OnEveryStore]
    public async Task Cancel_LeasedThenHandedBack_IsCancelled(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a");
        var lease = await grid.LeaseOneAsync(silo, "a");
        await grid.Tasks.CancelAsync("a", "requested");
        await grid.Leases.HandBackAsync("a", lease.Token);
        Assert.Equal(TaskState.Cancelled, (await grid.ReadAsync("a")).State);
        Assert.Empty(await grid.LeaseAsync(silo));
    }

    [Theory, OnEveryStore]
    public async Task Cancel_LeasedThenFailedWithRetry_IsCancelledInsteadOfRetried(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a");
        var lease = await grid.LeaseOneAsync(silo, "a");
        await grid.Tasks.CancelAsync("a", "requested");
        Assert.Equal('C', await grid.RetryAsync(lease));
        var line = (await grid.ReadAsync("a")).Line;
        Assert.Equal(("requested", 1), (line.Reason, line.Attempt));
        Assert.Empty(await grid.LeaseAsync(silo));
    }

    [Theory, OnEveryStore]
    public async Task Cancel_LeasedThenSiloDies_IsCancelledWhenTheLeaseLapses(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a");
        await grid.LeaseOneAsync(silo, "a");
        await grid.Tasks.CancelAsync("a", "requested");
        await grid.DieAsync(silo);
        Assert.Equal(TaskState.Cancelled, (await grid.ReadAsync("a")).State);
        Assert.Empty(await grid.LeaseAsync(await grid.SiloAsync()));
    }

    [Theory, OnEveryStore]
    public async Task Cancel_LeasedButItSucceedsFirst_StaysSucceeded(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptAsync("a");
        var lease = await grid.LeaseOneAsync(await grid.SiloAsync(), "a");
        await grid.Tasks.CancelAsync("a", "requested");
        Assert.Equal('S', await grid.SucceedAsync(lease));
        Assert.Equal((CancelOutcome.AlreadyFinished, null), await grid.Tasks.CancelAsync("a", "requested"));
    }
}
