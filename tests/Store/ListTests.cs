using TaskGrid.Storage;

namespace TaskGrid.Store;

public sealed class ListTests(StoreServers servers) : StoreTest(servers)
{
    private static readonly TaskFilter s_all = new();

    [Theory, OnEveryStore]
    public async Task List_OfAll_HasTheLastAcceptedFirstPageByPage(StoreKind store)
    {
        var grid = await OpenAsync(store);
        Assert.Equal("", await grid.IdsAsync(s_all));
        await grid.AcceptAsync([.. Enumerable.Range(0, 25).Select(i => $"t{i}")]);
        var expected = string.Join(' ', Enumerable.Range(0, 25).Reverse().Select(i => $"t{i}"));
        Assert.Equal(expected, await grid.IdsAsync(s_all));
        Assert.Equal(expected, await grid.IdsAsync(s_all, page: 5));
        Assert.Equal(expected, await grid.IdsAsync(s_all, page: 7, most: 3));
    }

    /// <summary>Ids lie in lists of 1,024 places.</summary>
    [Theory, OnEveryStore]
    public async Task List_OfMany_GoesOnFromListToList(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var ids = Enumerable.Range(0, 3000).Select(i => $"t{i}").ToList();
        await Task.WhenAll(ids.Select(id => grid.Tasks.AcceptAsync(TestGrid.Task(id))));
        var listed = (await grid.ListAsync(s_all, page: 173)).Select(r => r.Line.Place).ToList();
        Assert.Equal(3000, listed.Count);
        Assert.Equal(listed.OrderDescending(), listed);
        Assert.InRange((await Contents.ReadAsync(grid)).Lists.Count, 3, 4);
    }

    [Theory, OnEveryStore]
    public async Task List_OfAState_HasItsTasksInTheOrderOfTheirTimes(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("s1", "f1", "r1", "s2", "run1");
        await grid.SucceedAsync(await grid.LeaseOneAsync(silo, "s1"));
        await grid.PassAsync(TimeSpan.FromSeconds(1));
        await grid.FailAsync(await grid.LeaseOneAsync(silo, "f1"));
        await grid.RetryAsync(await grid.LeaseOneAsync(silo, "r1"), TimeSpan.FromHours(2));
        await grid.SucceedAsync(await grid.LeaseOneAsync(silo, "s2"));
        await grid.LeaseOneAsync(silo, "run1");
        await grid.PassAsync(TimeSpan.FromSeconds(1));
        await grid.AcceptAsync("run2", "r2", "c1", "c2");
        await grid.LeaseOneAsync(silo, "run2");
        await grid.RetryAsync(await grid.LeaseOneAsync(silo, "r2"), TimeSpan.FromHours(1));
        await grid.Tasks.CancelAsync("c2", "requested");
        await grid.Tasks.CancelAsync("c1", "requested");
        await grid.Tasks.AcceptAsync(TestGrid.Task("d1", delay: TimeSpan.FromHours(3)));
        await grid.Tasks.AcceptAsync(TestGrid.Task("d2", queue: "other", delay: TimeSpan.FromHours(1)));
        await grid.AcceptAsync("q1", "q2");
        foreach (var page in (int[])[1, 2, 50])
        {
            Assert.Equal("s2 s1", await grid.IdsAsync(new() { State = TaskState.Succeeded }, page));
            Assert.Equal("f1", await grid.IdsAsync(new() { State = TaskState.Failed }, page));
            Assert.Equal("c2 c1", await grid.IdsAsync(new() { State = TaskState.Cancelled }, page));
            Assert.Equal("r2 r1", await grid.IdsAsync(new() { State = TaskState.Retrying }, page));
            Assert.Equal("d2 d1", await grid.IdsAsync(new() { State = TaskState.Scheduled }, page));
            Assert.Equal("run2 run1", await grid.IdsAsync(new() { State = TaskState.Running }, page));
            Assert.Equal("q2 q1", await grid.IdsAsync(new() { State = TaskState.Queued }, page));
        }
    }

    /// <summary>When it is leased, ends, or is moved.</summary>
    [Theory, OnEveryStore]
    public async Task List_OfRetries_HasEachUntilItGoesOn(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        var retrying = new TaskFilter { State = TaskState.Retrying };
        await grid.AcceptAsync("a", "b", "c");
        foreach (var lease in await grid.LeaseAsync(silo))
        {
            await grid.RetryAsync(lease, TimeSpan.FromMinutes(lease.Id == "a" ? 1 : 10));
        }

        Assert.Equal("a b c", await grid.IdsAsync(retrying));
        await grid.ChangeAsync("c", null, null, DateTimeOffset.FromUnixTimeMilliseconds(grid.Now + 1000));
        Assert.Equal("c a b", await grid.IdsAsync(retrying));
        await grid.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal("c a b", await grid.IdsAsync(retrying));
        var leases = (await grid.LeaseAsync(silo)).ToDictionary(l => l.Id);
        Assert.Equal("b", await grid.IdsAsync(retrying));
        await grid.Leases.HandBackAsync("c", leases["c"].Token);
        Assert.Equal("c b", await grid.IdsAsync(retrying));
        await grid.SucceedAsync(leases["a"]);
        await grid.Tasks.CancelAsync("b", "requested");
        await grid.SucceedAsync(await grid.LeaseOneAsync(silo, "c"));
        Assert.Equal("", await grid.IdsAsync(retrying));
        Assert.Empty((await Contents.ReadAsync(grid)).Retrying);
    }

    /// <summary>They lie in buckets by queue, class and time, each sorted by itself.</summary>
    [Theory, OnEveryStore]
    public async Task List_OfWhatHasEnded_GoesThroughAllQueuesAndClasses(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        var random = new Random(1);
        var ids = new List<string>();
        for (var i = 0; i < 600; i++)
        {
            var (id, queue) = ($"t{i}", $"q{random.Next(3)}");
            NewTerms? terms = random.Next(3) == 0 ? new() { KeepSucceeded = TimeSpan.FromMinutes(random.Next(1, 3)) } : null;
            await grid.Tasks.AcceptAsync(TestGrid.Task(id, queue, terms: terms));
            await grid.SucceedAsync(await grid.LeaseOneAsync(silo, id, queue));
            ids.Add(id);
            if (random.Next(3) == 0)
            {
                await grid.PassAsync(TimeSpan.FromMilliseconds(random.Next(1, 60_000)));
            }
        }

        var records = await Task.WhenAll(ids.Select(grid.ReadAsync));
        foreach (var (filter, page, most) in ((TaskFilter, int, int)[])
            [
                (new() { State = TaskState.Succeeded }, 50, 500), (new() { State = TaskState.Succeeded }, 3, 500), (new() { State = TaskState.Succeeded }, 50, 5),
                (new() { State = TaskState.Succeeded, Queue = "q1" }, 20, 500),
                (new() { State = TaskState.Succeeded, Since = At(300), Until = At(450) }, 7, 500),
                (new() { Since = At(100), Until = At(450) }, 50, 500), (new() { Until = At(599) }, 50, 10),
            ])
        {
            Assert.Equal(string.Join(' ', PlainList.Of(records, filter).Select(r => r.Id)), await grid.IdsAsync(filter, page, most));
        }

        DateTimeOffset At(int task) => DateTimeOffset.FromUnixTimeMilliseconds(records[task].Line.Created);
    }

    [Theory, OnEveryStore]
    public async Task List_WithMoreOfAFilter_HasOnlyWhatFits(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.Tasks.AcceptAsync(TestGrid.Task("a", queue: "mail-eu", name: "send", args: """{"to":"Ann@example.org"}"""));
        await grid.Tasks.AcceptAsync(TestGrid.Task("b", queue: "mail-us", name: "send", args: """{"to":"bob"}"""));
        await grid.Tasks.AcceptAsync(TestGrid.Task("c", queue: "other", name: "resize", lane: "resize:key", args: $$"""{"to":"{{new string('x', 5000)}} ann"}"""));
        await grid.AcceptWithTermsAsync("d", new() { Tags = ["red", "blue"] });
        await grid.AcceptWithTermsAsync("e", new() { Tags = ["blue", "dark red"] });
        Assert.Equal("b a", await grid.IdsAsync(new() { Queue = "mail-*" }));
        Assert.Equal("a", await grid.IdsAsync(new() { Queue = "mail-eu" }));
        Assert.Equal("", await grid.IdsAsync(new() { Queue = "mail" }));
        Assert.Equal("c", await grid.IdsAsync(new() { Task = "resize" }));
        Assert.Equal("b a", await grid.IdsAsync(new() { Task = "se*" }));
        Assert.Equal("d", await grid.IdsAsync(new() { Tag = "red" }));
        Assert.Equal("e d", await grid.IdsAsync(new() { Tag = "blue" }));
        Assert.Equal("c a", await grid.IdsAsync(new() { Text = "ANN" }));
        Assert.Equal("b", await grid.IdsAsync(new() { Text = "\"to\":\"BOB\"" }));
        // What is written here has other letters than ASCII escaped, what was sent has them as they were sent.
        await grid.Tasks.AcceptAsync(TestGrid.Task("f") with { Definition = new(new("work"), new("{}"u8.ToArray()), new() { Headers = new Dictionary<string, string> { ["x"] = "Can't: größe" } }) });
        await grid.Tasks.AcceptAsync(TestGrid.Task("g", args: """{"to":"can't: größe"}"""));
        Assert.Equal("g f", await grid.IdsAsync(new() { Text = "größe" }));
        Assert.Equal("g f", await grid.IdsAsync(new() { Text = "can't" }));
        Assert.Equal("b a", await grid.IdsAsync(s_all, queues: ["mail-*"]));
        Assert.Equal("a", await grid.IdsAsync(new() { Queue = "*" }, queues: ["mail-eu", "nowhere"]));
        Assert.Equal("c", await grid.IdsAsync(s_all, tasks: ["resize"]));
        Assert.Equal("", await grid.IdsAsync(new() { Queue = "other" }, queues: ["mail-*"]));
    }

    [Theory, OnEveryStore]
    public async Task List_AnItem_SaysWhatATaskIsAndWhatWentWrong(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptWithTermsAsync("a", new() { Tags = ["t"], DeadlineAfter = TimeSpan.FromHours(1) });
        await grid.FailAsync(await grid.LeaseOneAsync(silo, "a"));
        var (listed, read) = (Assert.Single(await grid.ListAsync(s_all)).ToSnapshot(), (await grid.ReadAsync("a")).ToSnapshot());
        Assert.Equal((read.State, read.Version, read.Error, read.DeadlineAt, read.FinishedAt, read.MaxAttempts), (listed.State, listed.Version, listed.Error, listed.DeadlineAt, listed.FinishedAt, listed.MaxAttempts));
        Assert.NotNull(listed.Error);
    }

    /// <summary>What is forgotten stays in its list until an eighth is left.</summary>
    [Theory, OnEveryStore]
    public async Task Forget_OfMany_LeavesNothingOfTheirLists(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var ids = Enumerable.Range(0, 40).Select(i => $"t{i}").ToArray();
        await grid.AcceptAsync(ids);
        foreach (var id in ids)
        {
            await grid.Tasks.CancelAsync(id, "requested");
        }

        foreach (var id in ids.Take(36))
        {
            await grid.Tasks.ForgetAsync(id);
        }

        Assert.Equal("t39 t38 t37 t36", await grid.IdsAsync(s_all));
        Assert.Equal("t39 t38 t37 t36", await grid.IdsAsync(new() { State = TaskState.Cancelled }, page: 3));
        Assert.InRange(Assert.Single((await Contents.ReadAsync(grid)).Lists).Value.Length, 4, 6);
        foreach (var id in ids.Skip(36))
        {
            await grid.Tasks.ForgetAsync(id);
        }

        var contents = await Contents.ReadAsync(grid);
        Assert.Empty(contents.Lists);
        Assert.Empty(contents.ListIndex);
        Assert.False(await grid.Raw.KeyExistsAsync(grid.Key("listgone")));
        Assert.Equal("", await grid.IdsAsync(s_all));
    }

    /// <summary>A task that is run again goes to the end of the order, and was in a bucket before.</summary>
    [Theory, OnEveryStore]
    public async Task List_OfWhatWasRunAgain_HasItOnce(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a", "b");
        await FailAllAsync();
        await grid.PassAsync(TimeSpan.FromSeconds(1));
        await grid.RetryByHandAsync("a");
        Assert.Equal("a b", await grid.IdsAsync(s_all));
        Assert.Equal("b", await grid.IdsAsync(new() { State = TaskState.Failed }));
        await FailAllAsync();
        Assert.Equal("a b", await grid.IdsAsync(new() { State = TaskState.Failed }, page: 1));
        // In the same millisecond, too.
        await grid.RetryByHandAsync("a");
        await FailAllAsync();
        Assert.Equal("a b", await grid.IdsAsync(new() { State = TaskState.Failed }, page: 1));
        Assert.Equal("a b", await grid.IdsAsync(new() { State = TaskState.Failed }));

        async Task FailAllAsync()
        {
            foreach (var lease in await grid.LeaseAsync(silo))
            {
                await grid.FailAsync(lease);
            }
        }
    }

    /// <summary>It is in the list twice then, and its later place counts.</summary>
    [Theory, OnEveryStore]
    public async Task List_WrittenAnewAfterSomeWereRunAgain_KeepsTheirOrder(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync([.. Enumerable.Range(0, 40).Select(i => $"t{i}")]);
        foreach (var lease in await grid.LeaseAsync(silo))
        {
            await grid.FailAsync(lease);
        }

        await grid.RetryByHandAsync("t1");
        await grid.RetryByHandAsync("t0");
        for (var i = 3; i < 40; i++)
        {
            await grid.Tasks.ForgetAsync($"t{i}");
        }

        Assert.InRange(Assert.Single((await Contents.ReadAsync(grid)).Lists).Value.Length, 3, 7);
        Assert.Equal("t0 t1 t2", await grid.IdsAsync(s_all));
    }

    /// <summary>Thousands of entries that do not count any more are passed over in steps.</summary>
    [Theory, OnEveryStore]
    public async Task List_OfWhatIsMostlyLeftOver_GoesOnInSteps(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        var ids = Enumerable.Range(0, 1000).Select(i => $"t{i}").ToArray();
        await Task.WhenAll(ids.Select(id => grid.Tasks.AcceptAsync(TestGrid.Task(id))));
        while (await grid.LeaseAsync(silo) is { Count: > 0 } leases)
        {
            await Task.WhenAll(leases.Select(grid.FailAsync));
            await grid.PassAsync(TimeSpan.FromSeconds(1));
        }

        var first = (await grid.ListAsync(new() { State = TaskState.Failed }))[^1].Id;
        await Task.WhenAll(ids.Where(id => id != first).Select(grid.RetryByHandAsync));
        var request = new TaskListRequest(new() { State = TaskState.Failed }, null, 50, [], []);
        var (steps, cursor, found) = (0, "", new List<string>());
        do
        {
            var step = await grid.Lists.ReadAsync(request, cursor, 50, 200);
            Assert.InRange(step.Scanned, 0, 200 + 128);
            found.AddRange(step.Items.Select(r => r.Id));
            cursor = step.Cursor;
        }
        while (cursor.Length > 0 && ++steps < 100);
        Assert.Equal([first], found);
        Assert.InRange(steps, 3, 20);
    }

    /// <summary>All that is due at midnight is due in one instant: a step looks at no more of it than at anything else.</summary>
    [Theory, OnEveryStore]
    public async Task List_OfManyOfOneInstant_GoesOnFromIdToId(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var ids = Enumerable.Range(0, 1000).Select(i => $"{(i % 3 == 0 ? "B" : "a")}.{i}_-").ToArray();
        await Task.WhenAll(ids.Select(id => grid.Tasks.AcceptAsync(TestGrid.Task(id, queue: $"q{id.Length}", delay: TimeSpan.FromHours(1)))));
        var expected = ids.Order(StringComparer.Ordinal).ToList();
        var scheduled = new TaskFilter { State = TaskState.Scheduled };
        Assert.Equal(expected, (await grid.ListAsync(scheduled, page: 37)).Select(r => r.Id));
        Assert.Equal(expected, (await grid.ListAsync(scheduled, page: 200, most: 10)).Select(r => r.Id));
        var (cursor, steps) = ("", 0);
        do
        {
            var step = await grid.Lists.ReadAsync(new(scheduled with { Task = "nobody" }, null, 1, [], []), cursor, 1, 50);
            Assert.Empty(step.Items);
            Assert.InRange(step.Scanned, 0, 50);
            cursor = step.Cursor;
        }
        while (cursor.Length > 0 && ++steps < 100);
        Assert.Equal(19, steps);
        Assert.Equal(1, (await grid.Lists.ReadAsync(new(scheduled, null, 1, [], []), "", 1, 500)).Scanned);

        // One that is gone is a place all the same.
        var place = (await grid.Lists.ReadAsync(new(scheduled, null, 1, [], []), "", 500, 500)).Cursor;
        await grid.Tasks.CancelAsync(expected[499], "requested");
        await grid.Tasks.ForgetAsync(expected[499]);
        Assert.Equal(expected[500], (await grid.Lists.ReadAsync(new(scheduled, null, 1, [], []), place, 1, 500)).Items[0].Id);
    }

    /// <summary>One that was run again is where it was accepted anew, and at the instant of that.</summary>
    [Theory, OnEveryStore]
    public async Task List_OfATime_HasWhatWasRunAgainAtThatTime(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var begun = grid.Now;
        await grid.AcceptAsync("a", "x");
        await grid.Tasks.CancelAsync("a", "requested");
        await grid.PassAsync(TimeSpan.FromSeconds(10));
        var between = grid.Now;
        await grid.PassAsync(TimeSpan.FromSeconds(10));
        await grid.AcceptAsync("b");
        await grid.PassAsync(TimeSpan.FromSeconds(10));
        await grid.RetryByHandAsync("a");

        Assert.Equal("a b x", await grid.IdsAsync(s_all));
        Assert.Equal("a b", await grid.IdsAsync(new() { Since = At(between) }));
        Assert.Equal("a b", await grid.IdsAsync(new() { Since = At(between) }, page: 1));
        Assert.Equal("a", await grid.IdsAsync(new() { Since = At(grid.Now) }));
        Assert.Equal("x", await grid.IdsAsync(new() { Until = At(between) }));
        Assert.Equal("x", await grid.IdsAsync(new() { Since = At(begun), Until = At(begun) }));

        static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }

    /// <summary>It is in two buckets then, and in the later one it counts.</summary>
    [Theory, OnEveryStore]
    public async Task List_OfWhatEndedTwice_HasItOnce(StoreKind store)
    {
        var grid = await OpenAsync(store);
        // More than a bucket has.
        var ids = Enumerable.Range(0, 200).Select(i => $"t{i}").ToArray();
        await grid.AcceptAsync(ids);
        await CancelAsync(ids);
        await Task.WhenAll(ids.Select(grid.RetryByHandAsync));
        await CancelAsync("t127", "t3", "t199");

        var cancelled = new TaskFilter { State = TaskState.Cancelled };
        foreach (var page in (int[])[1, 2, 50])
        {
            Assert.Equal("t199 t3 t127", await grid.IdsAsync(cancelled, page));
        }

        async Task CancelAsync(params string[] some)
        {
            foreach (var id in some)
            {
                await grid.PassAsync(TimeSpan.FromMilliseconds(1));
                await grid.Tasks.CancelAsync(id, "requested");
            }
        }
    }
}
