using TaskGrid.Storage;
using TaskGrid.Tasks;

namespace TaskGrid.Store;

public sealed class AcceptTests(StoreServers servers) : StoreTest(servers)
{
    [Theory, OnEveryStore]
    public async Task Accept_NewTask_IsStoredAndReadBackAsItIs(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var (acceptance, record) = await grid.Tasks.AcceptAsync(TestGrid.Task("a", "mails", "send", 7, args: """{"to":"ada"}"""));
        var read = await grid.ReadAsync("a");
        Assert.Equal(Acceptance.Created, acceptance);
        Assert.Equal(record!.Line, read.Line);
        Assert.Equal(
            new StateLine('W', 1, 0, 0, 0, 0, 0, 7, read.Line.Place, 0, grid.Now, 0, 0, "mails", "send", "h", "-", "-", 0, "-"),
            read.Line);
        Assert.Equal("""{"to":"ada"}""", read.Definition!.Args.ToString());
        Assert.Equal(TaskState.Queued, read.State);
        Assert.Null(read.Lease);
        Assert.Null(read.Result);
    }

    [Theory, OnEveryStore]
    public async Task Accept_SameIdAndContent_IsTheSameTask(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptAsync("a");
        var (acceptance, record) = await grid.Tasks.AcceptAsync(TestGrid.Task("a"));
        Assert.Equal(Acceptance.Same, acceptance);
        Assert.Equal("a", record!.Id);
        Assert.Equal(["a"], await grid.DrainAsync(await grid.SiloAsync()));
        Assert.Equal(Acceptance.Same, (await grid.Tasks.AcceptAsync(TestGrid.Task("a"))).Acceptance);
        Assert.Empty(await grid.DrainAsync(await grid.SiloAsync()));
    }

    [Theory, OnEveryStore]
    public async Task Accept_SameIdWhileLeased_DoesNotQueueItAgain(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a");
        await grid.LeaseOneAsync(silo, "a");
        Assert.Equal(Acceptance.Same, (await grid.Tasks.AcceptAsync(TestGrid.Task("a"))).Acceptance);
        Assert.Empty(await grid.LeaseAsync(silo));
    }

    [Theory, OnEveryStore]
    public async Task Accept_SameIdThatHasJustBecomeDue_CountsOnce(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var task = TestGrid.Task("a", delay: TimeSpan.FromSeconds(1));
        await grid.Tasks.AcceptAsync(task);
        await grid.PassAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(Acceptance.Same, (await grid.Tasks.AcceptAsync(task)).Acceptance);
        Assert.Equal(1, (await grid.Stats.ReadAsync()).Queued);
        Assert.Equal(["a"], await grid.DrainAsync(await grid.SiloAsync()));
    }

    [Theory, OnEveryStore]
    public async Task Accept_SameIdWhoseIndexEntryIsGone_AddsItAgain(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptAsync("a");
        await grid.Raw.KeyDeleteAsync([grid.Key("q:q:l:5:work"), grid.Key("q:q:open"), grid.Key("queues")]);
        await grid.Tasks.AcceptAsync(TestGrid.Task("a"));
        Assert.Single((await grid.Silos.SurveyAsync()).Queues);
        await grid.LeaseOneAsync(await grid.SiloAsync(), "a");
    }

    [Theory, OnEveryStore]
    public async Task Accept_SameIdOtherContent_IsRefusedAndChangesNothing(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptAsync("a");
        var before = await grid.ReadAsync("a");
        var (acceptance, record) = await grid.Tasks.AcceptAsync(TestGrid.Task("a", "other", hash: "other"));
        Assert.Equal(Acceptance.Exists, acceptance);
        Assert.Null(record);
        Assert.Equal(before.Line, (await grid.ReadAsync("a")).Line);
    }

    [Theory, OnEveryStore]
    public async Task Accept_WithDelay_IsDueThenByTheStoresClock(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.Tasks.AcceptAsync(TestGrid.Task("a", delay: TimeSpan.FromHours(1)));
        var record = await grid.ReadAsync("a");
        Assert.Equal(grid.Now + 3_600_000, record.Line.Due);
        Assert.Equal(TaskState.Scheduled, record.State);
        var work = Assert.Single((await grid.Silos.SurveyAsync()).Queues);
        Assert.Equal(("q", false, TimeSpan.FromHours(1)), (work.Queue, work.IsReady, work.LookAgainIn));
    }

    [Theory, OnEveryStore]
    public async Task Accept_WithDueInstant_KeepsItToTheMillisecond(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var past = DateTimeOffset.UnixEpoch.AddDays(-1);
        await grid.Tasks.AcceptAsync(TestGrid.Task("past", dueAt: past));
        await grid.Tasks.AcceptAsync(TestGrid.Task("last", dueAt: DateTimeOffset.MaxValue));
        Assert.Equal(TaskState.Queued, (await grid.ReadAsync("past")).State);
        Assert.Equal(DateTimeOffset.MaxValue.ToUnixTimeMilliseconds(), (await grid.ReadAsync("last")).Line.Due);
        await grid.LeaseOneAsync(await grid.SiloAsync(), "past");
    }

    [Theory, OnEveryStore]
    public async Task Accept_ArgsOfAnyBytes_ComeBackAsTheyWere(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var args = "[\"\\u0000\u00e4\ud83d\ude00 'quoted' \\r\\n {0} %s\"," + $"\"{new string('x', 1_000_000)}\"]";
        await grid.Tasks.AcceptAsync(TestGrid.Task("a", args: args));
        Assert.Equal(args, (await grid.ReadAsync("a")).Definition!.Args.ToString());
    }

    [Theory, OnEveryStore]
    public async Task Read_UnknownId_IsNothing(StoreKind store)
    {
        var grid = await OpenAsync(store);
        Assert.Null(await grid.Tasks.ReadAsync("never"));
    }

    [Theory, OnEveryStore]
    public async Task Accept_ManyAtOnce_AllGetPlacesOfTheirOwn(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var ids = Enumerable.Range(0, 600).Select(i => $"t{i}").ToArray();
        await Task.WhenAll(ids.Select(id => grid.Tasks.AcceptAsync(TestGrid.Task(id))));
        var places = await Task.WhenAll(ids.Select(async id => (await grid.ReadAsync(id)).Line.Place));
        Assert.Equal(600, places.Distinct().Count());
    }
}
