using System.Collections.Concurrent;

namespace TaskGrid.Store;

/// <summary>What ends apart from an attempt is named by the call that ended it, and nothing else is.</summary>
public sealed class EndedTests(StoreServers servers) : StoreTest(servers)
{
    [Theory, OnEveryStore]
    public async Task Waiting_CancelledExpiredOrReplaced_IsNamedOnce(StoreKind store)
    {
        var (grid, ended) = await OpenAndListenAsync(store);
        var minute = TimeSpan.FromMinutes(1);
        await grid.AcceptAsync("cancelled", "purged");
        await grid.AcceptWithTermsAsync("expired", new() { ExpiresAfter = minute });
        await grid.AcceptWithTermsAsync("late", new() { DeadlineAfter = minute });
        await grid.AcceptWithTermsAsync("replaced", new() { Deduplication = Deduplication.Debounce("k", minute * 5) });
        await grid.Tasks.CancelAsync("cancelled", "requested");
        await grid.Tasks.CancelAsync("cancelled", "requested");
        await grid.AcceptWithTermsAsync("last", new() { Deduplication = Deduplication.Debounce("k", minute * 5) });
        await grid.Many.SweepAsync("purge", "purged", "", "q", "", (await grid.ReadAsync("purged")).Line.Place, "o:", 10);
        await grid.PassAsync(minute);
        await grid.Tasks.ExpireAsync(10);
        Assert.Equal(["cancelled", "replaced", "purged", "expired", "late"], ended);
    }

    [Theory, OnEveryStore]
    public async Task Running_LostWithItsProcessAtTheLimit_IsNamed(StoreKind store)
    {
        var (grid, ended) = await OpenAndListenAsync(store);
        await grid.AcceptAsync("crash");
        for (var death = 0; death < TestGrid.CrashLimit; death++)
        {
            Assert.Empty(ended);
            var silo = await grid.SiloAsync();
            var lease = await grid.LeaseOneAsync(silo, "crash");
            await grid.Leases.BeginAsync("crash", lease.Token);
            await grid.DieAsync(silo);
        }

        Assert.Equal(["crash"], ended);
    }

    [Theory, OnEveryStore]
    public async Task Running_EndedByItsAttempt_IsNot(StoreKind store)
    {
        var (grid, ended) = await OpenAndListenAsync(store);
        await grid.AcceptAsync("succeeded", "failed", "cancelled");
        var leases = await grid.LeaseAsync(await grid.SiloAsync());
        await grid.SucceedAsync(leases[0]);
        await grid.FailAsync(leases[1]);
        await grid.Tasks.CancelAsync("cancelled", "requested");
        await grid.FailAsync(leases[2]);
        Assert.Equal('C', (await grid.ReadAsync("cancelled")).Line.Code);
        Assert.Empty(ended);
    }

    private async Task<(TestGrid Grid, ConcurrentQueue<string> Ended)> OpenAndListenAsync(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var ended = new ConcurrentQueue<string>();
        grid.Connection.Ended += ended.Enqueue;
        return (grid, ended);
    }
}
