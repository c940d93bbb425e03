using TaskGrid.Queues;
using TaskGrid.Storage;
using TaskGrid.Tasks;

namespace TaskGrid.Store;

public sealed class ChangeTests(StoreServers servers) : StoreTest(servers)
{
    [Theory, OnEveryStore]
    public async Task Change_OfAWaitingTask_TakesItWhereItIsToBe(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a", "b", "c");
        await grid.Tasks.AcceptAsync(TestGrid.Task("d", delay: TimeSpan.FromHours(1)));
        Assert.Equal(ChangeOutcome.Changed, await grid.ChangeAsync("c", null, 9, null));
        Assert.Equal(ChangeOutcome.Changed, await grid.ChangeAsync("a", null, null, DateTimeOffset.FromUnixTimeMilliseconds(grid.Now + 60_000)));
        Assert.Equal(ChangeOutcome.Changed, await grid.ChangeAsync("d", null, 8, DateTimeOffset.UnixEpoch));
        Assert.Equal(ChangeOutcome.Changed, await grid.ChangeAsync("b", "other", null, null));
        Assert.Equal(TaskState.Scheduled, (await grid.ReadAsync("a")).State);
        await Invariants.AssertAsync(grid);
        Assert.Equal(["c", "d"], await grid.DrainAsync(silo));
        Assert.Equal(["b"], await grid.DrainAsync(silo, "other"));
        await grid.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["a"], await grid.DrainAsync(silo));
        Assert.Empty((await grid.Silos.SurveyAsync()).Queues);
    }

    [Theory, OnEveryStore]
    public async Task Change_OfWhatRunsOrHasEndedOrNeverWas_ChangesNothing(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptAsync("a");
        var lease = await grid.LeaseOneAsync(await grid.SiloAsync(), "a");
        Assert.Equal(ChangeOutcome.Running, await grid.ChangeAsync("a", "other", null, null));
        await grid.SucceedAsync(lease);
        Assert.Equal(ChangeOutcome.AlreadyFinished, await grid.ChangeAsync("a", "other", null, null));
        Assert.Equal(ChangeOutcome.NotFound, await grid.ChangeAsync("never", "other", null, null));
    }

    [Theory, OnEveryStore]
    public async Task Retry_OfAFailedTask_GivesItAllItsAttemptsAgain(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptWithTermsAsync("a", new() { Tags = ["t"], DeadlineAfter = TimeSpan.FromMinutes(1) });
        Assert.Equal(ChangeOutcome.NotFailed, await grid.RetryByHandAsync("a"));
        await grid.FailAsync(await grid.LeaseOneAsync(silo, "a"));
        await grid.PassAsync(TimeSpan.FromHours(1));
        Assert.Equal(ChangeOutcome.Changed, await grid.RetryByHandAsync("a"));
        await Invariants.AssertAsync(grid);
        var record = await grid.ReadAsync("a");
        Assert.Equal((TaskState.Queued, 1, 1, 0L), (record.State, record.Line.Attempt, record.Line.Forgiven, record.Terms.Deadline));
        var lease = await grid.LeaseOneAsync(silo, "a");
        Assert.Equal((1, 1), (StateLine.Parse(lease.Line).Attempt, StateLine.Parse(lease.Line).Forgiven));
        await grid.SucceedAsync(lease);
        Assert.Equal(ChangeOutcome.NotFailed, await grid.RetryByHandAsync("a"));
        Assert.Equal(ChangeOutcome.NotFound, await grid.RetryByHandAsync("never"));
    }

    [Theory, OnEveryStore]
    public async Task Forget_OfAFinishedTask_LeavesATombstone(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptAsync("a");
        Assert.False(await grid.Tasks.ForgetAsync("a"));
        var lease = await grid.LeaseOneAsync(await grid.SiloAsync(), "a");
        Assert.True(await grid.Tasks.LogAsync("a", lease.Token, ["one", "two"]));
        Assert.Equal(["one", "two"], (await grid.Tasks.ReadLogAsync("a")).Lines);
        await grid.SucceedAsync(lease);
        Assert.True(await grid.Tasks.ForgetAsync("a"));
        Assert.Null(await grid.Tasks.ForgetAsync("a"));
        Assert.Null(await grid.Tasks.ReadAsync("a"));
        Assert.Empty((await grid.Tasks.ReadLogAsync("a")).Lines);
        Assert.Equal(Acceptance.Forgotten, (await grid.Tasks.AcceptAsync(TestGrid.Task("a"))).Acceptance);
    }

    [Theory, OnEveryStore]
    public async Task Log_KeepsTheLast200Lines_OfTheAttemptThatHoldsTheLease(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptAsync("a");
        var lease = await grid.LeaseOneAsync(await grid.SiloAsync(), "a");
        await grid.Tasks.LogAsync("a", lease.Token, [.. Enumerable.Range(0, 150).Select(i => $"{i}")]);
        await grid.Tasks.LogAsync("a", lease.Token, [.. Enumerable.Range(150, 150).Select(i => $"{i}")]);
        Assert.False(await grid.Tasks.LogAsync("a", lease.Token - 1, ["stale"]));
        Assert.Equal(Enumerable.Range(100, 200).Select(i => $"{i}"), (await grid.Tasks.ReadLogAsync("a")).Lines);
    }

    [Theory, OnEveryStore]
    public async Task Keep_AClassOfItsOwn_ForgetsItSoonerOrLater(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptWithTermsAsync("brief", new() { KeepSucceeded = TimeSpan.FromMinutes(1), HasIdempotencyKey = true });
        await grid.AcceptAsync("usual");
        await grid.DrainAsync(silo);
        Assert.Equal(["S@60"], await grid.Tasks.RetentionClassesAsync());
        await grid.PassAsync(TimeSpan.FromMinutes(2));
        Assert.True(await grid.Tasks.PruneAsync("S@60", TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), TimeSpan.FromHours(24)));
        Assert.Null(await grid.Tasks.ReadAsync("brief"));
        Assert.NotNull(await grid.Tasks.ReadAsync("usual"));
        Assert.InRange((await grid.Raw.KeyTimeToLiveAsync(grid.Key("t:brief")))!.Value, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
    }

    [Theory, OnEveryStore]
    public async Task Sweep_ByTag_CancelsWaitingOnesAndAsksRunningOnes(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        var tagged = new NewTerms { Tags = ["eu", "nightly run"] };
        await grid.AcceptWithTermsAsync("runs", tagged);
        await grid.LeaseOneAsync(silo, "runs");
        await Task.WhenAll(Enumerable.Range(0, 250).Select(i => grid.AcceptWithTermsAsync($"t{i}", tagged, delay: TimeSpan.FromSeconds(i % 2))));
        await grid.AcceptAsync("untagged");
        var cutoff = await grid.Many.CutoffAsync();
        await grid.AcceptWithTermsAsync("later", tagged);
        var (done, asked) = await SweepAsync(grid, "cancel", "requested", tag: Lane.Escape("nightly run"), cutoff: cutoff);
        Assert.Equal(251, done);
        Assert.Equal([("runs", silo.Name)], asked);
        await Invariants.AssertAsync(grid);
        await grid.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(["untagged", "later"], await grid.DrainAsync(silo));
    }

    [Theory, OnEveryStore(false, true)]
    public async Task Sweep_ByQueue_ReachesWhateverWaits(StoreKind store, bool byName)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync("work", "walk");
        await grid.ConfigureAsync("q", new() { EachKeyLimits = new(1), Fair = byName });
        for (var i = 0; i < 30; i++)
        {
            await grid.AcceptWithKeyAsync($"key{i}", $"k{i % 3}");
            await grid.Tasks.AcceptAsync(TestGrid.Task($"due{i}", delay: TimeSpan.FromSeconds(10)));
            await grid.Tasks.AcceptAsync(TestGrid.Task($"walk{i}", name: "walk", delay: TimeSpan.FromSeconds(i % 2 * 10)));
            await grid.Tasks.AcceptAsync(TestGrid.Task($"ready{i}", priority: i % 10));
            await grid.Tasks.AcceptAsync(TestGrid.Task($"else{i}", "else"));
        }

        var running = (await grid.LeaseAsync(silo, 20)).Count + (await grid.LeaseAsync(silo, 1)).Count;
        var walks = (await grid.Leases.HeldByAsync(silo.Name)).Count(l => l.Id.StartsWith("walk", StringComparison.Ordinal));
        var cutoff = await grid.Many.CutoffAsync();
        await grid.AcceptAsync("later");
        var (done, _) = await SweepAsync(grid, "purge", "purged", queue: "q", task: byName ? "walk" : "", cutoff: cutoff);
        Assert.Equal(byName ? 30 - walks : 120 - running, done);
        await Invariants.AssertAsync(grid);
        Assert.Equal(30, (await grid.DrainAsync(silo, "else")).Count);
        var (stopped, asked) = await SweepAsync(grid, "cancel", "requested", queue: "q", task: byName ? "walk" : "", cutoff: cutoff);
        Assert.Equal(byName ? walks : running, stopped);
        Assert.Equal(stopped, asked.Count);
    }

    [Theory, OnEveryStore]
    public async Task Sweep_Move_TakesWaitingTasksToAnotherQueue(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync([.. Enumerable.Range(0, 50).Select(i => $"t{i:00}")]);
        await grid.Tasks.AcceptAsync(TestGrid.Task("due", delay: TimeSpan.FromMinutes(1)));
        await grid.LeaseOneAsync(silo, "t00");
        var (done, _) = await SweepAsync(grid, "move", "other", queue: "q", cutoff: await grid.Many.CutoffAsync());
        Assert.Equal(50, done);
        await Invariants.AssertAsync(grid);
        Assert.Empty(await grid.LeaseAsync(silo));
        Assert.Equal(Enumerable.Range(1, 49).Select(i => $"t{i:00}"), await grid.DrainAsync(silo, "other"));
    }

    [Theory, OnEveryStore]
    public async Task Pause_StopsLeasing_AndResumeWakesTheDispatcher(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a");
        await grid.PauseAsync("q", true);
        Assert.Equal(LeaseStatus.Paused, (await grid.TryLeaseAsync(silo)).Status);
        Assert.True((await grid.Queues.ReadAsync(["q"]))[0].IsPaused);
        var woken = new List<string>();
        grid.Connection.Woken += woken.Add;
        await grid.PauseAsync("q", false);
        Assert.Equal(["q"], woken);
        await grid.LeaseOneAsync(silo, "a");
    }

    [Theory, OnEveryStore]
    public async Task Settings_OfAQueue_AreReadBackAsTheyWereSet(StoreKind store)
    {
        var grid = await OpenAsync(store);
        Assert.Null((await grid.Queues.ReadAsync(["q"]))[0].Settings);
        var settings = new QueueSettings
        {
            Defaults = new() { MaxAttempts = 7, Backoff = Backoff.Fixed(TimeSpan.FromSeconds(3)) },
            Limits = new(5, RateLimit.Parse("100/m burst 20")), Fair = true, AgeingInterval = TimeSpan.FromMinutes(1),
            KeyLimits = new Dictionary<string, Limits> { ["tenant:42"] = new(1) },
        };
        await grid.ConfigureAsync("q", settings);
        var read = (await grid.Queues.ReadAsync(["q"]))[0].Settings!;
        Assert.Equal((settings.Defaults, settings.Limits, true, settings.AgeingInterval), (read.Defaults, read.Limits, read.Fair, read.AgeingInterval));
        Assert.Equal(new Limits(1), read.KeyLimits!["tenant:42"]);
        Assert.Equal(["q"], await grid.Queues.NamesAsync());
    }

    [Theory, OnEveryStore]
    public async Task Retry_OfAnEarlierSight_ChangesNothing_AndTheSameOneAgainCountsOnce(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a");
        await grid.FailAsync(await grid.LeaseOneAsync(silo, "a"));
        var late = await grid.TouchOfAsync("a");
        var touch = await grid.TouchOfAsync("a");
        Assert.Equal(ChangeOutcome.Changed, await grid.Tasks.RetryAsync("a", touch));
        Assert.Equal(ChangeOutcome.Changed, await grid.Tasks.RetryAsync("a", touch));
        await grid.FailAsync(await grid.LeaseOneAsync(silo, "a"));
        Assert.Equal(ChangeOutcome.Changed, await grid.Tasks.RetryAsync("a", touch));
        Assert.Equal(ChangeOutcome.Stale, await grid.Tasks.RetryAsync("a", late));
        Assert.Equal(TaskState.Failed, (await grid.ReadAsync("a")).State);
    }

    [Theory, OnEveryStore]
    public async Task Pause_OfAnEarlierSight_ChangesNothing(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var late = await grid.ChangeOfAsync("q");
        await grid.PauseAsync("q", true);
        await grid.PauseAsync("q", false);
        Assert.False(await grid.Queues.PauseAsync("q", true, late));
        Assert.False(await grid.Queues.ConfigureAsync("q", new(), late));
        Assert.False((await grid.Queues.ReadAsync(["q"]))[0].IsPaused);
    }

    [Theory, OnEveryStore]
    public async Task Declare_BySilosThatStart_YieldsToWhatWasSetWhileTheGridRan(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.Queues.DeclareAsync("q", new() { Limits = new(1) });
        await grid.Queues.DeclareAsync("q", new() { Limits = new(2) });
        Assert.Equal(2, (await grid.Queues.ReadAsync(["q"]))[0].Settings!.Limits!.Concurrency);
        await grid.ConfigureAsync("q", new() { Limits = new(5) });
        await grid.Queues.DeclareAsync("q", new() { Limits = new(2) });
        Assert.Equal(5, (await grid.Queues.ReadAsync(["q"]))[0].Settings!.Limits!.Concurrency);
        await grid.AcceptAsync("a", "b", "c", "d", "e", "f");
        Assert.Equal(5, (await grid.LeaseAsync(await grid.SiloAsync())).Count);
    }

    private static async Task<(int Done, List<(string Id, string Silo)> Asked)> SweepAsync(
        TestGrid grid, string action, string argument, long cutoff, string tag = "", string queue = "", string task = "")
    {
        var (done, asked, cursor) = (0, new List<(string, string)>(), "");
        for (var steps = 0; steps < 1000; steps++)
        {
            var step = await grid.Many.SweepAsync(action, argument, tag, queue, task, cutoff, cursor, 20);
            done += step.Done;
            asked.AddRange(step.Asked);
            cursor = step.Cursor;
            if (cursor.Length == 0)
            {
                return (done, asked);
            }
        }

        throw new InvalidOperationException($"The sweep does not end; it is at {cursor}.");
    }
}
