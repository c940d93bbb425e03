using TaskGrid.Storage;
using TaskGrid.Tasks;

namespace TaskGrid.Store;

public sealed class ExpiryTests(StoreServers servers) : StoreTest(servers)
{
    private static readonly NewTerms s_expires = new() { ExpiresAfter = TimeSpan.FromMinutes(1) };
    private static readonly NewTerms s_deadline = new() { DeadlineAfter = TimeSpan.FromMinutes(1) };

    [Theory, OnEveryStore]
    public async Task Expiry_WhileNothingRuns_CancelsWhatHasNotStarted(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptWithTermsAsync("ready", s_expires);
        await grid.AcceptWithTermsAsync("scheduled", s_expires, delay: TimeSpan.FromHours(1));
        await grid.AcceptWithTermsAsync("instant", new() { ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(TestGrid.Start + 60_001) });
        await grid.AcceptAsync("plain");
        Assert.Equal(TestGrid.Start + 60_000, (await grid.ReadAsync("ready")).Terms.Expires);
        Assert.False((await grid.Silos.SurveyAsync()).AnyOverdue);
        await grid.PassAsync(TimeSpan.FromMinutes(1));
        Assert.True((await grid.Silos.SurveyAsync()).AnyOverdue);
        Assert.Equal(2, await grid.Tasks.ExpireAsync(100));
        Assert.False((await grid.Silos.SurveyAsync()).AnyOverdue);
        foreach (var id in (string[])["ready", "scheduled"])
        {
            Assert.Equal(('C', "expired", 0), ((await grid.ReadAsync(id)).Line.Code, (await grid.ReadAsync(id)).Line.Reason, (await grid.ReadAsync(id)).Line.Attempt));
        }

        Assert.Equal(["instant", "plain"], await grid.DrainAsync(await grid.SiloAsync()));
        await grid.PassAsync(TimeSpan.FromHours(2));
        Assert.Equal(0, await grid.Tasks.ExpireAsync(100));
    }

    [Theory, OnEveryStore]
    public async Task Expiry_NotLookedAtYet_IsStillNotStarted(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptWithTermsAsync("a", s_expires);
        await grid.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Empty(await grid.LeaseAsync(await grid.SiloAsync()));
        Assert.Equal("expired", (await grid.ReadAsync("a")).Line.Reason);
    }

    [Theory, OnEveryStore]
    public async Task Expiry_OfWhatHasStarted_MeansNothing(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptWithTermsAsync("runs", s_expires);
        await grid.AcceptWithTermsAsync("retries", s_expires);
        var leases = await grid.LeaseAsync(silo);
        await grid.RetryAsync(leases[1], TimeSpan.FromHours(1));
        await grid.PassAsync(TimeSpan.FromMinutes(2));
        await grid.Tasks.ExpireAsync(100);
        Assert.Equal((TaskState.Running, TaskState.Retrying), ((await grid.ReadAsync("runs")).State, (await grid.ReadAsync("retries")).State));
        Assert.Equal('S', await grid.SucceedAsync(leases[0]));
    }

    [Theory, OnEveryStore("snooze", "handback")]
    public async Task Expiry_OfWhatHasBegunWithoutCounting_MeansNothing(StoreKind store, string way)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptWithTermsAsync("a", s_expires);
        await grid.Leases.HandBackAsync("a", (await grid.LeaseOneAsync(silo, "a")).Token);
        var lease = await grid.LeaseOneAsync(silo, "a");
        await (way == "snooze"
            ? grid.Tasks.FinishAsync("a", lease.Token, new Verdict.Snooze(TimeSpan.FromMinutes(2)), [])
            : grid.Leases.HandBackAsync("a", lease.Token, begun: true));
        await grid.PassAsync(TimeSpan.FromMinutes(3));
        await grid.Tasks.ExpireAsync(100);
        Assert.Equal(["a"], await grid.DrainAsync(silo));
    }

    [Theory, OnEveryStore]
    public async Task Deadline_WhileWaiting_FailsTheTaskWhereverItWaits(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptWithTermsAsync("retries", s_deadline);
        await grid.RetryAsync(await grid.LeaseOneAsync(silo, "retries"), TimeSpan.FromSeconds(59));
        await grid.AcceptWithTermsAsync("ready", s_deadline);
        await grid.AcceptWithTermsAsync("scheduled", s_deadline, delay: TimeSpan.FromHours(1));
        await grid.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(3, await grid.Tasks.ExpireAsync(100));
        foreach (var id in (string[])["retries", "ready", "scheduled"])
        {
            var snapshot = (await grid.ReadAsync(id)).ToSnapshot();
            Assert.Equal((TaskState.Failed, ErrorCodes.DeadlineExceeded), (snapshot.State, snapshot.Error?.Type));
        }

        Assert.Empty(await grid.DrainAsync(silo));
    }

    [Theory, OnEveryStore]
    public async Task Deadline_BeforeTheNextAttempt_FailsAtOnceWithTheLastError(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptWithTermsAsync("a", s_deadline);
        Assert.Equal('F', await grid.RetryAsync(await grid.LeaseOneAsync(await grid.SiloAsync(), "a"), TimeSpan.FromMinutes(1)));
        Assert.Equal("Boom", (await grid.ReadAsync("a")).ToSnapshot().Error?.Type);
    }

    [Theory, OnEveryStore]
    public async Task Deadline_WhileRunning_IsTheSilosToKeep_ButIsLookedAtAgain(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptWithTermsAsync("a", s_deadline);
        var lease = await grid.LeaseOneAsync(silo, "a");
        Assert.Equal(TestGrid.Start + 60_000, TermsLine.Parse(lease.Terms).Deadline);
        await grid.PassAsync(TimeSpan.FromMinutes(1));
        await grid.Tasks.ExpireAsync(100);
        Assert.Equal(TaskState.Running, (await grid.ReadAsync("a")).State);
        Assert.False((await grid.Silos.SurveyAsync()).AnyOverdue);
        await grid.DieAsync(silo);
        await grid.PassAsync(TimeSpan.FromSeconds(10));
        await grid.Tasks.ExpireAsync(100);
        Assert.Equal(TaskState.Failed, (await grid.ReadAsync("a")).State);
    }

    [Theory, OnEveryStore]
    public async Task AtMostOnce_WhoseSiloDies_FailsInsteadOfRunningAgain(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptWithTermsAsync("a", new() { AtMostOnce = true });
        await grid.LeaseOneAsync(silo, "a");
        await grid.DieAsync(silo);
        // Its code had not begun: it runs.
        silo = await grid.SiloAsync();
        var lease = await grid.LeaseOneAsync(silo, "a");
        Assert.True(await grid.Leases.BeginAsync("a", lease.Token));
        await grid.DieAsync(silo);
        var snapshot = (await grid.ReadAsync("a")).ToSnapshot();
        Assert.Equal((TaskState.Failed, ErrorCodes.Interrupted), (snapshot.State, snapshot.Error?.Type));
    }

    [Theory, OnEveryStore]
    public async Task Snooze_KeepsTheAttemptAndTheState(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a");
        var lease = await grid.LeaseOneAsync(silo, "a");
        Assert.Equal('W', await grid.Tasks.FinishAsync("a", lease.Token, new Verdict.Snooze(TimeSpan.FromMinutes(1)), []));
        Assert.Equal('W', await grid.Tasks.FinishAsync("a", lease.Token, new Verdict.Snooze(TimeSpan.FromMinutes(1)), []));
        Assert.Equal(TaskState.Scheduled, (await grid.ReadAsync("a")).State);
        await grid.PassAsync(TimeSpan.FromMinutes(1));
        var again = await grid.LeaseOneAsync(silo, "a");
        Assert.True(again.Token > lease.Token);
        Assert.Equal(0, StateLine.Parse(again.Line).Attempt);
        Assert.Equal('R', await grid.RetryAsync(again, TimeSpan.FromMinutes(1)));
        await grid.PassAsync(TimeSpan.FromMinutes(1));
        var second = await grid.LeaseOneAsync(silo, "a");
        Assert.Equal('R', await grid.Tasks.FinishAsync("a", second.Token, new Verdict.Snooze(TimeSpan.Zero), []));
        Assert.Equal(1, (await grid.ReadAsync("a")).Line.Attempt);
        await grid.Tasks.CancelAsync("a", "requested");
        Assert.Equal(TaskState.Cancelled, (await grid.ReadAsync("a")).State);
    }

    [Theory, OnEveryStore]
    public async Task Cancel_AskedForBeforeTheLastFailure_IsCancelled(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptAsync("a");
        var lease = await grid.LeaseOneAsync(await grid.SiloAsync(), "a");
        await grid.Tasks.CancelAsync("a", "requested");
        Assert.Equal('C', await grid.FailAsync(lease));
    }
}
