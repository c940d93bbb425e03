using System.Text;
using TaskGrid.Tasks;

namespace TaskGrid.Store;

public sealed class FinishTests(StoreServers servers) : StoreTest(servers)
{
    [Theory, OnEveryStore]
    public async Task Finish_Succeeded_StoresTheResult(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a");
        var accepted = (await grid.ReadAsync("a")).Line;
        var lease = await grid.LeaseOneAsync(silo, "a");
        await grid.PassAsync(TimeSpan.FromSeconds(5));
        Assert.Equal('S', await grid.Tasks.FinishAsync("a", lease.Token, new Verdict.Succeed(new("{\"sum\":3}"u8.ToArray())), []));
        var record = await grid.ReadAsync("a");
        var line = record.Line;
        Assert.Equal("{\"sum\":3}", Encoding.UTF8.GetString(record.Result!));
        // All of it: the store ends a success in a way of its own, which leaves the other words as they are.
        Assert.Equal(
            accepted with
            {
                Code = 'S', Version = 2, Attempt = 1, Issued = lease.Token, Applied = lease.Token,
                Started = grid.Now - 5000, Finished = grid.Now, Worker = silo.Name,
            },
            line);
        Assert.Null(record.Lease);
        Assert.Empty((await grid.Silos.SurveyAsync()).Queues);
    }

    [Theory, OnEveryStore]
    public async Task Finish_Failed_StoresTheErrorAndTheAttempts(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptAsync("a");
        var lease = await grid.LeaseOneAsync(await grid.SiloAsync(), "a");
        var error = new TaskError("Boom", "It \"failed\"\n\u00e4", "at X");
        var attempt = new TaskAttempt(1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(1), "silo", error);
        await grid.Tasks.FinishAsync("a", lease.Token, new Verdict.Fail(error), [attempt]);
        var snapshot = (await grid.ReadAsync("a")).ToSnapshot();
        Assert.Equal((TaskState.Failed, error), (snapshot.State, snapshot.Error));
        Assert.Equal([attempt], snapshot.Attempts);
    }

    [Theory, OnEveryStore]
    public async Task Finish_Retry_WaitsForItsDelayThenRunsAsTheNextAttempt(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a");
        var first = await grid.LeaseOneAsync(silo, "a");
        Assert.Equal('R', await grid.RetryAsync(first, TimeSpan.FromSeconds(10)));
        var record = await grid.ReadAsync("a");
        Assert.Equal((TaskState.Retrying, 1, grid.Now + 10_000), (record.State, record.Line.Attempt, record.Line.Due));
        Assert.Empty(await grid.LeaseAsync(silo));
        await grid.PassAsync(TimeSpan.FromSeconds(10));
        var second = await grid.LeaseOneAsync(silo, "a");
        Assert.True(second.Token > first.Token);
        Assert.Equal(2, (await grid.ReadAsync("a")).Lease!.Value.Attempt);
        await grid.SucceedAsync(second);
        Assert.Equal(2, (await grid.ReadAsync("a")).Line.Attempt);
    }

    [Theory, OnEveryStore('S', 'F', 'C', 'R')]
    public async Task Finish_Repeated_AnswersTheSameAndIsAppliedOnce(StoreKind store, char outcome)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptAsync("a");
        var lease = await grid.LeaseOneAsync(await grid.SiloAsync(), "a");
        Verdict verdict = outcome switch
        {
            'S' => new Verdict.Succeed(JsonText.From(1)),
            'F' => new Verdict.Fail(new("Boom", "It failed.")),
            'C' => new Verdict.Cancel("requested"),
            _ => new Verdict.Retry(new("Boom", "It failed."), TimeSpan.FromSeconds(1)),
        };
        Assert.Equal(outcome, await grid.Tasks.FinishAsync("a", lease.Token, verdict, []));
        var first = (await grid.ReadAsync("a")).Line;
        Assert.Equal((outcome, 1), (first.Code, first.Attempt));
        Assert.Equal(outcome, await grid.Tasks.FinishAsync("a", lease.Token, verdict, []));
        // Another verdict with the same token is a repetition too: the first counts.
        Assert.Equal(outcome, await grid.FailAsync(lease));
        Assert.Equal(first, (await grid.ReadAsync("a")).Line);
        var counts = (await Contents.ReadAsync(grid)).Counts;
        var kept = outcome == 'R' ? "" : $"kept:{outcome} 1";
        Assert.Equal(["A:q 1", $"{outcome}:q 1", .. kept.Length > 0 ? [kept] : Array.Empty<string>()], counts.Select(c => $"{c.Key} {c.Value}").Order());
    }

    [Theory, OnEveryStore]
    public async Task Finish_WithAStaleToken_IsRefusedAndCounted(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a");
        var former = await grid.LeaseOneAsync(silo, "a");
        await grid.DieAsync(silo);
        Assert.Null(await grid.SucceedAsync(former));
        var other = await grid.SiloAsync();
        var present = await grid.LeaseOneAsync(other, "a");
        Assert.Null(await grid.SucceedAsync(former));
        Assert.Null(await grid.RetryAsync(former));
        Assert.Equal('F', await grid.FailAsync(present));
        Assert.Null(await grid.SucceedAsync(former));
        Assert.Null(await grid.SucceedAsync(former with { Id = "never" }));
        Assert.Equal(5, (await Contents.ReadAsync(grid)).Counts["stale"]);
        Assert.Null((await grid.ReadAsync("a")).Result);
    }

    [Theory, OnEveryStore]
    public async Task Finish_ByASiloDeclaredDeadWhoseLeaseHasNotLapsed_StillCounts(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a");
        var lease = await grid.LeaseOneAsync(silo, "a");
        await grid.BuryAsync(silo);
        Assert.Equal('S', await grid.SucceedAsync(lease));
        Assert.False(await grid.Leases.LapseAsync("a", lease.Token, TestGrid.CrashLimit));
    }

    [Theory, OnEveryStore]
    public async Task Finish_Many_FillBucketsOf128AndAreCounted(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => grid.Tasks.AcceptAsync(TestGrid.Task($"t{i}"))));
        var leases = (await grid.LeaseAsync(silo, 256)).Concat(await grid.LeaseAsync(silo, 256));
        await Task.WhenAll(leases.Select(grid.SucceedAsync));
        var contents = await Contents.ReadAsync(grid);
        Assert.Equal([128, 128, 44], contents.Buckets.OrderBy(b => b.Key).Select(b => b.Value.Length));
        Assert.Equal(300, contents.Counts["S:q"]);
        Assert.Equal(300, contents.Buckets.Values.SelectMany(ids => ids).Distinct().Count());
    }
}
