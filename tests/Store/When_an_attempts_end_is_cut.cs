using TaskGrid.Tasks;

namespace TaskGrid.Store;

public sealed class When_an_attempts_end_is_cut(StoreServers servers) : CutTests(servers)
{
    /// <summary>Of the lease that each grid here begins with.</summary>
    private const long Token = TestGrid.Start * 1024;

    private static readonly TestSilo s_silo = new("silo1~1", "caps-work");
    private static readonly TaskError s_error = new("Boom", "It failed.");

    [Theory, OnEveryStore('S', 'F', 'C', 'R')]
    public Task Finish_IsTriedAgain_AndCountsOneAttempt(StoreKind store, char outcome) => CutEverywhereAsync(store, new(
        LeaseAsync,
        grid => FinishAsync(grid, outcome),
        async grid =>
        {
            Assert.Equal(outcome, await FinishAsync(grid, outcome));
            await AssertEndedAsync(grid, $"{outcome}", 1, "a");
            await grid.PassAsync(TimeSpan.FromSeconds(1));
            await AssertEndsAsync(grid, outcome == 'R' ? "Succeeded" : $"{outcome}", outcome == 'R' ? 2 : 1, "a");
        }));

    /// <summary>One of them has failed once, and comes out of another index.</summary>
    [Theory, OnEveryStore]
    public Task Finish_OfSeveralInOneCall_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await grid.AcceptAsync("again");
            await grid.RetryAsync(await grid.LeaseOneAsync(await grid.SiloAsync(), "again"));
            await grid.AcceptAsync("b", "c");
            Assert.Equal(3, (await grid.LeaseAsync(s_silo)).Count);
        },
        FinishAllAsync,
        async grid =>
        {
            Assert.All(await FinishAllAsync(grid), outcome => Assert.Equal('S', outcome));
            await AssertEndedAsync(grid, "Succeeded", 2, "again");
            await AssertEndedAsync(grid, "Succeeded", 1, "b", "c");
            await AssertEndsAsync(grid, "Succeeded", 1, "b", "c");
        }));

    [Theory, OnEveryStore]
    public Task Finish_WithARetryOfACancelledTask_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await LeaseAsync(grid);
            await grid.Tasks.CancelAsync("a", "requested");
        },
        grid => FinishAsync(grid, 'R'),
        async grid =>
        {
            Assert.Equal('C', await FinishAsync(grid, 'R'));
            await AssertEndsAsync(grid, "Cancelled", 1, "a");
        }));

    /// <summary>A cancel that is acknowledged in between holds, whether it met the lease or what was left of it.</summary>
    [Theory, OnEveryStore]
    public Task Finish_WithARetryThenACancel_DoesNotRunAgain(StoreKind store) => CutEverywhereAsync(store, new(
        LeaseAsync,
        grid => FinishAsync(grid, 'R'),
        async grid =>
        {
            var outcome = (await grid.Tasks.CancelAsync("a", "requested")).Outcome;
            Assert.Contains(outcome, (CancelOutcome[])[CancelOutcome.Requested, CancelOutcome.Cancelled]);
            Assert.Equal('C', await FinishAsync(grid, 'R'));
            await grid.PassAsync(TimeSpan.FromSeconds(1));
            await AssertEndsAsync(grid, "Cancelled", 1, "a");
        }));

    [Theory, OnEveryStore('S', 'R')]
    public Task Finish_ThenTheSiloDies_IsAppliedOrInterrupted_NotBoth(StoreKind store, char outcome) => CutEverywhereAsync(store, new(
        LeaseAsync,
        grid => FinishAsync(grid, outcome),
        async grid =>
        {
            await grid.DieAsync(s_silo);
            var line = (await grid.ReadAsync("a")).Line;
            Assert.Equal(1, line.Attempt + line.Interruptions);
            Assert.Equal(line.Attempt == 1 ? outcome : 'W', line.Code);
            await grid.PassAsync(TimeSpan.FromSeconds(1));
            await AssertEndsAsync(grid, "Succeeded", line.Attempt == 1 && outcome == 'R' ? 2 : 1, "a");
        }));

    /// <summary>A reader of the lane takes the new entry for superfluous as long as the lease is there.</summary>
    [Theory, OnEveryStore]
    public Task Finish_WithARetryThenALease_DoesNotLoseTheTask(StoreKind store) => CutEverywhereAsync(store, new(
        LeaseAsync,
        grid => FinishAsync(grid, 'R'),
        async grid =>
        {
            await grid.PassAsync(TimeSpan.FromSeconds(1));
            await grid.DrainAsync(await grid.SiloAsync());
            // Refused as stale when the next attempt has ended already.
            var isOver = (await grid.ReadAsync("a")).Line.IsFinal;
            Assert.Equal(isOver, await FinishAsync(grid, 'R') is null);
            await grid.PassAsync(TimeSpan.FromSeconds(1));
            await AssertEndsAsync(grid, "Succeeded", 2, "a");
        }));

    [Theory, OnEveryStore(false, true)]
    public Task HandBack_IsTriedAgain(StoreKind store, bool cancelled) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await LeaseAsync(grid);
            if (cancelled)
            {
                await grid.Tasks.CancelAsync("a", "requested");
            }
        },
        HandBackAsync,
        async grid =>
        {
            await grid.DrainAsync(await grid.SiloAsync());
            await grid.ReconcileAsync(s_silo);
            await AssertEndsAsync(grid, cancelled ? "Cancelled" : "Succeeded", cancelled ? 0 : 1, "a");
            Assert.Equal(0, (await grid.ReadAsync("a")).Line.Interruptions);
        }));

    [Theory, OnEveryStore]
    public Task HandBack_ThenACancel_IsCancelled(StoreKind store) => CutEverywhereAsync(store, new(
        LeaseAsync,
        HandBackAsync,
        async grid =>
        {
            await grid.Tasks.CancelAsync("a", "requested");
            await grid.ReconcileAsync(s_silo);
            await AssertEndsAsync(grid, "Cancelled", 0, "a");
        }));

    /// <summary>From the first death to the last one: each counts once, however often its end is written.</summary>
    [Theory, OnEveryStore(1, 2, 3)]
    public Task Lapse_IsTriedAgain_AndCountsOneDeath(StoreKind store, int deaths) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await LeaseAsync(grid);
            for (var death = 1; death < deaths; death++)
            {
                await grid.DieAsync(new($"silo{death}~1", ""));
                var lease = await grid.LeaseOneAsync(await grid.SiloAsync(), "a");
                await grid.Leases.BeginAsync("a", lease.Token);
            }

            await grid.BuryAsync(new($"silo{deaths}~1", ""));
        },
        grid => grid.ReapAsync(),
        async grid =>
        {
            await grid.DrainAsync(await grid.SiloAsync());
            await grid.ReapAsync();
            Assert.Equal(deaths, (await grid.ReadAsync("a")).Line.Interruptions);
            await AssertEndsAsync(grid, deaths == 3 ? "Failed" : "Succeeded", 1, "a");
            Assert.True(await grid.Silos.LeaveAsync($"silo{deaths}~1"));
        }));

    [Theory, OnEveryStore]
    public Task Lapse_OfACancelledTask_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await LeaseAsync(grid);
            await grid.Tasks.CancelAsync("a", "requested");
            await grid.BuryAsync(s_silo);
        },
        grid => grid.ReapAsync(),
        async grid =>
        {
            await grid.ReapAsync();
            await AssertEndsAsync(grid, "Cancelled", 0, "a");
        }));

    /// <summary>The silo was only frozen, and its outcome comes when the lapse is half written.</summary>
    [Theory, OnEveryStore]
    public Task Lapse_ThenTheLateOutcome_IsOneOrTheOther(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await LeaseAsync(grid);
            await grid.BuryAsync(s_silo);
        },
        grid => grid.ReapAsync(),
        async grid =>
        {
            var late = await FinishAsync(grid, 'F');
            await grid.ReapAsync();
            var line = (await grid.ReadAsync("a")).Line;
            Assert.Equal(late is null ? ('W', 0, 1) : ('F', 1, 0), (line.Code, line.Attempt, line.Interruptions));
            await AssertEndsAsync(grid, late is null ? "Succeeded" : "Failed", 1, "a");
        }));

    [Theory, OnEveryStore]
    public Task Progress_IsTriedAgain(StoreKind store) => CutEverywhereAsync(store, new(
        LeaseAsync,
        async grid => await grid.Tasks.ProgressAsync("a", Token, JsonText.From(1)),
        async grid =>
        {
            Assert.True(await grid.Tasks.ProgressAsync("a", Token, JsonText.From(2)));
            Assert.NotNull(await FinishAsync(grid, 'S'));
        }));

    /// <summary>The task that tells of the end is there once the end is, and once only.</summary>
    [Theory, OnEveryStore]
    public Task Finish_OfATaskWithAWebhook_AcceptsItsDeliveryOnce(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await grid.AcceptWithTermsAsync("a", new() { Webhook = System.Text.Encoding.UTF8.GetBytes("{\"task\":\"taskgrid.webhook\"}\n\n{}") });
            await grid.LeaseOneAsync(await grid.SiloAsync(), "a");
        },
        grid => FinishAsync(grid, 'S'),
        async grid =>
        {
            Assert.Equal('S', await FinishAsync(grid, 'S'));
            Assert.Single(await grid.DrainAsync(await grid.SiloAsync("taskgrid.webhook"), "taskgrid.webhooks"));
        }));

    private static async Task LeaseAsync(TestGrid grid)
    {
        await grid.AcceptAsync("a");
        await grid.LeaseOneAsync(await grid.SiloAsync(), "a");
    }

    private static Task HandBackAsync(TestGrid grid) => grid.Leases.HandBackAsync("a", Token);

    private static async Task<char?> FinishAsync(TestGrid grid, char outcome)
    {
        Verdict verdict = outcome switch
        {
            'S' => new Verdict.Succeed(JsonText.From(1)),
            'F' => new Verdict.Fail(s_error),
            'C' => new Verdict.Cancel("requested"),
            _ => new Verdict.Retry(s_error, TimeSpan.FromSeconds(1)),
        };
        return await grid.Tasks.FinishAsync("a", Token, verdict, []);
    }

    private static async Task<char?[]> FinishAllAsync(TestGrid grid) => await grid.TogetherAsync(
        (((string, long)[])[("again", Token + 1), ("b", Token), ("c", Token)])
            .Select(t => (Func<Task<char?>>)(() => grid.Tasks.FinishAsync(t.Item1, t.Item2, new Verdict.Succeed(JsonText.From("done")), []))));
}
