using StackExchange.Redis;
using TaskGrid.Storage;
using TaskGrid.Tasks;

namespace TaskGrid.Store;

/// <summary>What silos ask for at the same time goes in one call, and some of it is done together there: nobody may see a difference.</summary>
public sealed class When_operations_share_a_call(StoreServers servers) : StoreTest(servers)
{
    private const int Tasks = 300;

    /// <summary>Accepted, leased and ended one by one and together, over lanes, queues, lists and buckets: the same keys have the same contents.</summary>
    [Theory, OnEveryStore]
    public async Task The_store_holds_the_same(StoreKind store)
    {
        var (apart, together) = (await OpenAsync(store), await OpenAsync(store));
        foreach (var task in Many())
        {
            await apart.Tasks.AcceptAsync(task);
        }

        await together.TogetherAsync(Many().Select(t => (Func<Task<Acceptance>>)(async () => (await together.Tasks.AcceptAsync(t)).Acceptance)));
        Assert.Equal(await ContentsAsync(apart), await ContentsAsync(together));

        var ends = await Task.WhenAll(EndAsync(apart, isTogether: false), EndAsync(together, isTogether: true));
        Assert.Equal(ends[0], ends[1]);
        Assert.Equal(await ContentsAsync(apart), await ContentsAsync(together));
        await Invariants.AssertAsync(together);
    }

    [Theory, OnEveryStore]
    public async Task One_id_is_one_task(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptAsync("known");
        NewTask[] tasks =
        [
            TestGrid.Task("a"), TestGrid.Task("b"), TestGrid.Task("a"), TestGrid.Task("b", hash: "other"), TestGrid.Task("c"),
        ];
        var accepted = await grid.TogetherAsync(tasks.Select(t => (Func<Task<Acceptance>>)(async () => (await grid.Tasks.AcceptAsync(t)).Acceptance)));
        Assert.Equal([Acceptance.Created, Acceptance.Created, Acceptance.Same, Acceptance.Exists, Acceptance.Created], accepted);
        accepted = await grid.TogetherAsync(((NewTask[])[TestGrid.Task("known"), TestGrid.Task("d"), TestGrid.Task("e")])
            .Select(t => (Func<Task<Acceptance>>)(async () => (await grid.Tasks.AcceptAsync(t)).Acceptance)));
        Assert.Equal([Acceptance.Same, Acceptance.Created, Acceptance.Created], accepted);
        Assert.Equal(["known", "a", "b", "c", "d", "e"], await grid.DrainAsync(await grid.SiloAsync()));
        await Invariants.AssertAsync(grid);
    }

    /// <summary>An end that is sent twice, one by an old token, one of a task that is to run again, and two usual ones.</summary>
    [Theory, OnEveryStore]
    public async Task Each_end_is_judged_by_itself(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptAsync("a", "b", "c", "d");
        var leases = (await grid.LeaseAsync(await grid.SiloAsync())).ToDictionary(l => l.Id);
        Func<Task<char?>>[] ends =
        [
            () => grid.SucceedAsync(leases["a"]),
            () => grid.SucceedAsync(leases["a"]),
            () => grid.Tasks.FinishAsync("b", leases["b"].Token - 1, new Verdict.Succeed(JsonText.From("stale")), []),
            () => grid.RetryAsync(leases["c"], TimeSpan.FromMinutes(1)),
            () => grid.SucceedAsync(leases["b"]),
            () => grid.SucceedAsync(leases["d"]),
        ];
        Assert.Equal(['S', 'S', null, 'R', 'S', 'S'], await grid.TogetherAsync(ends));
        Assert.Equal("done", (await grid.ReadAsync("b")).ToSnapshot().Result!.Value.As<string>());
        await Invariants.AssertAsync(grid);
    }

    /// <summary>What has failed together is tried one by one: each task is there once, at a place of its own.</summary>
    [Theory, OnEveryStore]
    public async Task What_fails_together_is_done_one_by_one(StoreKind store)
    {
        const string write = "write_new(keys[i], argv[a + 7], 's', fresh, 'i', identities[i], 'k', argv[a + 1] .. ' -')";
        Assert.Contains(write, EngineScript.Text, StringComparison.Ordinal);
        await using var grid = await OpenChangedAsync(store, text => text.Replace(write, $"if i == 3 then error('planted') end {write}", StringComparison.Ordinal));
        var accepted = await grid.TogetherAsync(((string[])["a", "b", "c", "d"]).Select(id => (Func<Task<Acceptance>>)(async () => (await grid.Tasks.AcceptAsync(TestGrid.Task(id))).Acceptance)));
        Assert.Equal([Acceptance.Same, Acceptance.Same, Acceptance.Created, Acceptance.Created], accepted);
        await grid.AcceptAsync("e");
        var records = await Task.WhenAll(((string[])["a", "b", "c", "d", "e"]).Select(grid.ReadAsync));
        Assert.Equal(5, records.Select(r => r.Line.Place).Distinct().Count());
        Assert.Equal(["a", "b", "c", "d", "e"], await grid.DrainAsync(await grid.SiloAsync()));
    }

    private static IEnumerable<NewTask> Many() => Enumerable.Range(0, Tasks).Select(i => TestGrid.Task(
        $"t{i:000}", queue: $"q{i % 3}", priority: i % 4, delay: i % 7 == 0 ? TimeSpan.FromSeconds(i) : default, args: $"[{i}]",
        terms: i % 11 == 0 ? new() { Tags = ["eleven"], ExpiresAfter = TimeSpan.FromHours(1) } : null));

    /// <summary>Runs all that is ready: one of ten fails and waits for another attempt.</summary>
    private static async Task<string> EndAsync(TestGrid grid, bool isTogether)
    {
        var silo = await grid.SiloAsync();
        var leases = new List<GrantedLease>();
        foreach (var queue in (string[])["q0", "q1", "q2"])
        {
            leases.AddRange(await grid.LeaseAsync(silo, Tasks, queue));
        }

        var ends = leases.Select((l, i) => (Func<Task<char?>>)(() => i % 10 == 9 ? grid.RetryAsync(l, TimeSpan.FromHours(1)) : grid.SucceedAsync(l))).ToList();
        var ended = new List<char?>();
        if (isTogether)
        {
            ended.AddRange(await grid.TogetherAsync(ends));
        }
        else
        {
            foreach (var end in ends)
            {
                ended.Add(await end());
            }
        }

        return string.Join(' ', leases.Select((l, i) => $"{l.Id}={ended[i]}"));
    }

    /// <summary>All keys of a grid with all that they hold, but for the identity of the grid itself.</summary>
    private static async Task<string> ContentsAsync(TestGrid grid)
    {
        var lines = new List<string>();
        foreach (var key in grid.Server.GetServers()[0].Keys(pattern: grid.Key("*")))
        {
            var name = key.ToString()[grid.Key("").Length..];
            if (name is not ("epoch" or "life" or "control"))
            {
                lines.Add($"{name}: {await ValueAsync(grid.Raw, key)}");
            }
        }

        return string.Join('\n', lines.Order(StringComparer.Ordinal));
    }

    private static async Task<string> ValueAsync(IDatabase raw, RedisKey key) => await raw.KeyTypeAsync(key) switch
    {
        RedisType.String => (string)(await raw.StringGetAsync(key))!,
        RedisType.Hash => string.Join(", ", (await raw.HashGetAllAsync(key)).Select(e => $"{e.Name}={e.Value}").Order(StringComparer.Ordinal)),
        // Those that end in one instant have no order.
        RedisType.List when key.ToString().Contains(":fin:", StringComparison.Ordinal) =>
            string.Join(", ", (await raw.ListRangeAsync(key)).Select(m => (string)m!).Order(StringComparer.Ordinal)),
        RedisType.List => string.Join(", ", await raw.ListRangeAsync(key)),
        RedisType.Set => string.Join(", ", (await raw.SetMembersAsync(key)).Select(m => (string)m!).Order(StringComparer.Ordinal)),
        RedisType.SortedSet => string.Join(", ", (await raw.SortedSetRangeByScoreWithScoresAsync(key)).Select(e => $"{e.Element}@{e.Score}")),
        var other => throw new InvalidOperationException($"{key} is a {other}."),
    };
}
