using TaskGrid.Storage;

namespace TaskGrid.Store;

public sealed class When_limits_or_terms_are_cut(StoreServers servers) : CutTests(servers)
{
    private static readonly NewTerms s_all = new()
    {
        ExpiresAfter = TimeSpan.FromHours(1), DeadlineAfter = TimeSpan.FromHours(2), KeepSucceeded = TimeSpan.FromMinutes(1), Tags = ["t", "u"],
        Deduplication = Deduplication.Unique("k"),
    };

    [Theory, OnEveryStore]
    public Task Accept_WithTerms_TriedAgain_IsOneTaskThatIsFoundByThem(StoreKind store) => CutEverywhereAsync(store, new(
        _ => Task.CompletedTask,
        grid => grid.AcceptWithTermsAsync("a", s_all),
        async grid =>
        {
            Assert.Contains(await grid.AcceptWithTermsAsync("a", s_all), (Acceptance[])[Acceptance.Created, Acceptance.Same]);
            await Invariants.AssertAsync(grid);
            Assert.Equal(Acceptance.Duplicate, await grid.AcceptWithTermsAsync("b", s_all));
            await AssertEndsAsync(grid, "Succeeded", 1, "a");
        }));

    [Theory, OnEveryStore]
    public Task Accept_ThatReplacesAnother_LosesNeither(StoreKind store) => CutEverywhereAsync(store, new(
        grid => grid.AcceptWithTermsAsync("a", Debounce),
        grid => grid.AcceptWithTermsAsync("b", Debounce),
        async grid =>
        {
            // An answer that never came: the submit is sent again. Both may run then, but not none.
            await grid.AcceptWithTermsAsync("b", Debounce);
            await grid.PassAsync(TimeSpan.FromHours(1));
            Assert.Contains("b", await grid.DrainAsync(await grid.SiloAsync()));
            Assert.True((await grid.ReadAsync("a")).State is TaskState.Succeeded or TaskState.Cancelled);
        }));

    [Theory, OnEveryStore]
    public Task Lease_WithinLimits_IsFoundAndItsPermitsComeBack(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await LimitAsync(grid);
            await grid.AcceptWithKeyAsync("a", "k1", 1);
            await grid.AcceptWithKeyAsync("b", "k1", 1);
            await grid.AcceptWithKeyAsync("c", "k2", 1);
            await grid.AcceptWithTermsAsync("d", s_all);
            await grid.TryLeaseAsync(await grid.SiloAsync(), 0);
        },
        async grid => await grid.LeaseAsync(new("silo1~1", "caps-work")),
        DrainPatientlyAsync("a", "b", "c", "d")));

    [Theory, OnEveryStore("succeed", "retry", "handback", "die")]
    public Task End_OfALimitedLease_FreesItsPermits(StoreKind store, string end) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await LimitAsync(grid);
            await grid.AcceptWithKeyAsync("a", "k1", 1);
            await grid.AcceptWithKeyAsync("b", "k1", 1);
            await grid.AcceptWithKeyAsync("c", "k1", 1);
            await grid.LeaseOneAsync(await grid.SiloAsync(), "a");
            Assert.Empty(await grid.LeaseAsync(new("silo1~1", "caps-work")));
            if (end == "die")
            {
                await grid.BuryAsync(new("silo1~1", ""));
            }
        },
        async grid =>
        {
            foreach (var (id, lease) in await grid.Leases.HeldByAsync("silo1~1"))
            {
                var granted = new GrantedLease(id, lease.Token, lease.Started, lease.Started, "", null, null, "", "");
                await (end switch
                {
                    "succeed" => grid.SucceedAsync(granted),
                    "retry" => grid.RetryAsync(granted),
                    "handback" => grid.Leases.HandBackAsync(id, lease.Token),
                    _ => grid.Leases.LapseAsync(id, lease.Token, TestGrid.CrashLimit),
                });
            }
        },
        async grid =>
        {
            if (end == "die")
            {
                await grid.ReapAsync();
            }

            await DrainPatientlyAsync("a", "b", "c")(grid);
        }));

    [Theory, OnEveryStore]
    public Task Retry_IntoALaneThatHadNoRoom_IsFound(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await grid.ConfigureAsync("q", new() { TaskLimits = new Dictionary<string, Limits> { ["work"] = new(1) } });
            await grid.AcceptWithKeyAsync("a", "k1");
            await grid.LeaseOneAsync(await grid.SiloAsync(), "a");
            await grid.AcceptWithKeyAsync("b", "k2");
            await grid.AcceptWithKeyAsync("c", "k1");
            Assert.Empty(await grid.LeaseAsync(new("silo1~1", "caps-work")));
            await grid.Tasks.CancelAsync("c", "requested");
        },
        async grid =>
        {
            foreach (var (id, lease) in await grid.Leases.HeldByAsync("silo1~1"))
            {
                await grid.RetryAsync(new(id, lease.Token, lease.Started, lease.Started, "", null, null, "", ""));
            }
        },
        DrainPatientlyAsync("a", "b")));

    [Theory, OnEveryStore]
    public Task Configure_WhileTasksRunAndWait_TriedAgain_Holds(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await grid.AcceptAsync("a", "b", "c");
            await grid.LeaseOneAsync(await grid.SiloAsync(), "a");
        },
        LimitAsync,
        async grid =>
        {
            await LimitAsync(grid);
            await Invariants.AssertAsync(grid);
            Assert.Single(await grid.LeaseAsync(new("silo1~1", "caps-work")));
            Assert.Empty(await grid.LeaseAsync(new("silo1~1", "caps-work")));
            await DrainPatientlyAsync("a", "b", "c")(grid);
        }));

    [Theory, OnEveryStore]
    public Task Expire_TriedAgain_EndsWhatIsOver(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await grid.AcceptWithTermsAsync("a", s_all);
            await grid.AcceptWithTermsAsync("b", new() { DeadlineAfter = TimeSpan.FromMinutes(1), Tags = ["t"] });
            await grid.PassAsync(TimeSpan.FromHours(1));
        },
        grid => grid.Tasks.ExpireAsync(100),
        async grid =>
        {
            await grid.Tasks.ExpireAsync(100);
            Assert.Equal((TaskState.Cancelled, TaskState.Failed), ((await grid.ReadAsync("a")).State, (await grid.ReadAsync("b")).State));
            Assert.Empty(await grid.DrainAsync(await grid.SiloAsync()));
        }));

    [Theory, OnEveryStore("queue", "priority", "due")]
    public Task Change_TriedAgain_LeavesTheTaskInOnePlace(StoreKind store, string what) => CutEverywhereAsync(store, new(
        grid => grid.AcceptAsync("a", "b"),
        grid => ChangeAsync(grid, what),
        async grid =>
        {
            Assert.Equal(ChangeOutcome.Changed, await ChangeAsync(grid, what));
            await Invariants.AssertAsync(grid);
            await grid.PassAsync(TimeSpan.FromHours(1));
            var silo = await grid.SiloAsync();
            var (here, there) = (await grid.DrainAsync(silo), await grid.DrainAsync(silo, "other"));
            Assert.Equal(["a", "b"], here.Concat(there).Order());
            Assert.Equal(what == "queue" ? ["b"] : [], there);
        }));

    [Theory, OnEveryStore]
    public Task Retry_ByHand_TriedAgain_RunsOnce(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await grid.AcceptWithTermsAsync("a", s_all);
            await grid.FailAsync(await grid.LeaseOneAsync(await grid.SiloAsync(), "a"));
        },
        grid => grid.RetryByHandAsync("a"),
        async grid =>
        {
            await grid.RetryByHandAsync("a");
            await Invariants.AssertAsync(grid);
            Assert.Equal(["a"], await grid.DrainAsync(await grid.SiloAsync()));
            Assert.Equal(TaskState.Succeeded, (await grid.ReadAsync("a")).State);
        }));

    [Theory, OnEveryStore]
    public Task Sweep_GoneOnWith_CancelsAll(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            for (var i = 0; i < 4; i++)
            {
                await grid.AcceptWithTermsAsync($"t{i}", new() { Tags = ["t"] });
            }
        },
        grid => grid.Many.SweepAsync("cancel", "requested", "t", "", "", 1000, "", 10),
        async grid =>
        {
            await grid.Many.SweepAsync("cancel", "requested", "t", "", "", 1000, "", 10);
            Assert.Empty(await grid.DrainAsync(await grid.SiloAsync()));
            await AssertEndedAsync(grid, "Cancelled", 0, "t0", "t1", "t2", "t3");
        }));

    [Theory, OnEveryStore]
    public Task Forget_TriedAgain_LeavesATombstone(StoreKind store) => CutEverywhereAsync(store, new(
        async grid =>
        {
            await grid.AcceptWithTermsAsync("a", s_all);
            await grid.SucceedAsync(await grid.LeaseOneAsync(await grid.SiloAsync(), "a"));
        },
        grid => grid.Tasks.ForgetAsync("a"),
        async grid =>
        {
            await grid.Tasks.ForgetAsync("a");
            Assert.Equal(Acceptance.Forgotten, await grid.AcceptWithTermsAsync("a", s_all));
            await grid.PassAsync(TimeSpan.FromMinutes(2));
            await grid.Tasks.PruneAsync("S@60", TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), TimeSpan.FromHours(24));
        }));

    private static NewTerms Debounce => new() { Deduplication = Deduplication.Debounce("k", TimeSpan.FromMinutes(1)) };

    private static Task LimitAsync(TestGrid grid) => grid.ConfigureAsync("q", new()
    {
        Limits = new(2), TaskLimits = new Dictionary<string, Limits> { ["work"] = new(2, RateLimit.PerSecond(1, burst: 2)) }, EachKeyLimits = new(1),
    });

    private static async Task<ChangeOutcome> ChangeAsync(TestGrid grid, string what) => await grid.ChangeAsync(
        "b", what == "queue" ? "other" : null, what == "priority" ? 9 : null, what == "due" ? DateTimeOffset.FromUnixTimeMilliseconds(TestGrid.Start + 1000) : null);

    /// <summary>As the engine goes on: what was leased and is not known goes back, and the queue is looked at whenever it says so.</summary>
    private static Func<TestGrid, Task> DrainPatientlyAsync(params string[] ids) => async grid =>
    {
        foreach (var silo in (await grid.Raw.HashKeysAsync(grid.Key("silos"))).Select(s => (string)s!))
        {
            await grid.ReconcileAsync(new(silo, ""));
        }

        var worker = await grid.SiloAsync();
        var ran = new HashSet<string>();
        for (var look = 0; look < 40; look++)
        {
            var reply = await grid.TryLeaseAsync(worker, 1);
            foreach (var lease in reply.Leases)
            {
                await grid.SucceedAsync(lease);
                ran.Add(lease.Id);
            }

            if (reply.Leases.Count == 0 && reply.LookAgainIn is null)
            {
                break;
            }

            await grid.PassAsync(reply.LookAgainIn ?? TimeSpan.FromMilliseconds(1));
        }

        foreach (var id in ids)
        {
            Assert.Equal($"{id} Succeeded", $"{id} {(await grid.ReadAsync(id)).State}");
        }
    };
}
