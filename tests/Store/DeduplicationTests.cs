using TaskGrid.Queues;
using TaskGrid.Storage;

namespace TaskGrid.Store;

public sealed class DeduplicationTests(StoreServers servers) : StoreTest(servers)
{
    private static readonly TimeSpan s_period = TimeSpan.FromMinutes(1);

    [Theory, OnEveryStore]
    public async Task Unique_WhileOneIsUnfinished_IsAnsweredWithIt(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        var terms = Terms(Deduplication.Unique("user 1"));
        Assert.Equal(Acceptance.Created, await grid.AcceptWithTermsAsync("a", terms));
        var (acceptance, record) = await grid.Tasks.AcceptAsync(TestGrid.Task("b", terms: terms, hash: "other"));
        Assert.Equal((Acceptance.Duplicate, "a"), (acceptance, record?.Id));
        Assert.Equal(Acceptance.Same, await grid.AcceptWithTermsAsync("a", terms));
        Assert.Equal(Acceptance.Created, await grid.AcceptWithTermsAsync("c", Terms(Deduplication.Unique("user 2"))));
        var lease = await grid.LeaseOneAsync(silo, "a");
        Assert.Equal(Acceptance.Duplicate, await grid.AcceptWithTermsAsync("b", terms));
        await grid.SucceedAsync(lease);
        Assert.False(await grid.Raw.KeyExistsAsync(grid.Key("u:work:user%201")));
        Assert.Equal(Acceptance.Created, await grid.AcceptWithTermsAsync("b", terms));
    }

    [Theory, OnEveryStore]
    public async Task Unique_WhoseTaskWasCancelledOrForgotten_IsFree(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var terms = Terms(Deduplication.Unique("k"));
        await grid.AcceptWithTermsAsync("a", terms);
        await grid.Tasks.CancelAsync("a", "requested");
        Assert.Equal(Acceptance.Created, await grid.AcceptWithTermsAsync("b", terms));
        // As a crash leaves it: the key is there, its task never was.
        await grid.Raw.StringSetAsync(grid.Key("u:work:k"), "never");
        Assert.Equal(Acceptance.Created, await grid.AcceptWithTermsAsync("c", terms));
    }

    [Theory, OnEveryStore]
    public async Task Throttle_TheFirstOfAPeriodWins_AlsoWhenItIsDone(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var terms = Terms(Deduplication.Throttle("k", s_period));
        Assert.Equal(Acceptance.Created, await grid.AcceptWithTermsAsync("a", terms));
        await grid.DrainAsync(await grid.SiloAsync());
        Assert.Equal(Acceptance.Duplicate, await grid.AcceptWithTermsAsync("b", terms));
        await grid.Tasks.ForgetAsync("a");
        Assert.Equal((Acceptance.Duplicate, null), await grid.Tasks.AcceptAsync(TestGrid.Task("b", terms: terms)));
        var left = await grid.Raw.KeyTimeToLiveAsync(grid.Key("u:work:k"));
        Assert.InRange(left!.Value, TimeSpan.FromSeconds(30), s_period);
        await grid.Raw.KeyDeleteAsync(grid.Key("u:work:k"));
        Assert.Equal(Acceptance.Created, await grid.AcceptWithTermsAsync("b", terms));
    }

    [Theory, OnEveryStore]
    public async Task Debounce_TheLastWins_APeriodAfterIt(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        var terms = Terms(Deduplication.Debounce("k", s_period));
        await grid.AcceptWithTermsAsync("a", terms);
        await grid.PassAsync(TimeSpan.FromSeconds(40));
        await grid.AcceptWithTermsAsync("b", terms);
        Assert.Equal(('C', "replaced"), ((await grid.ReadAsync("a")).Line.Code, (await grid.ReadAsync("a")).Line.Reason));
        await grid.PassAsync(TimeSpan.FromSeconds(40));
        Assert.Empty(await grid.LeaseAsync(silo));
        await grid.PassAsync(TimeSpan.FromSeconds(20));
        var lease = await grid.LeaseOneAsync(silo, "b");
        // What runs is not replaced.
        await grid.AcceptWithTermsAsync("c", terms);
        Assert.Equal('S', await grid.SucceedAsync(lease));
        await grid.PassAsync(s_period);
        await grid.LeaseOneAsync(silo, "c");
    }

    [Theory, OnEveryStore]
    public async Task KeepLast_WhileOneRuns_OnlyTheLastWaits(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        var terms = Terms(Deduplication.KeepLast("k"));
        var lane = Lane.OfLast("work", "k");
        await grid.AcceptWithTermsAsync("a", terms, lane: lane);
        var running = await grid.LeaseOneAsync(silo, "a");
        await grid.AcceptWithTermsAsync("b", terms, lane: lane);
        await grid.AcceptWithTermsAsync("c", terms, lane: lane);
        Assert.Equal("replaced", (await grid.ReadAsync("b")).Line.Reason);
        Assert.Empty(await grid.LeaseAsync(silo));
        await grid.SucceedAsync(running);
        await grid.LeaseOneAsync(silo, "c");
    }

    [Theory, OnEveryStore]
    public async Task Many_AtOnce_WithOneKey_AreOneTask(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var terms = Terms(Deduplication.Unique("k"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => grid.AcceptWithTermsAsync($"t{i}", terms)));
        Assert.Single(answers, Acceptance.Created);
        Assert.Single(await grid.DrainAsync(await grid.SiloAsync()));
    }

    private static NewTerms Terms(Deduplication deduplication) => new() { Deduplication = deduplication };
}
