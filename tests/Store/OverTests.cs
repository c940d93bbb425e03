using TaskGrid.Storage;

namespace TaskGrid.Store;

/// <summary>Operations on many tasks over a filter: they do to each task what the same does to one, and to none that the list does not have.</summary>
public sealed class OverTests(StoreServers servers) : StoreTest(servers)
{
    [Theory, OnEveryStore]
    public async Task Cancel_OverAll_EndsWhatWaitsAndAsksWhatRuns(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await FillAsync(grid);
        var (done, asked) = await grid.OverAsync("cancel", "requested", new());
        Assert.Equal(6, done);
        Assert.Equal([("run", silo.Name)], asked);
        Assert.Equal("c d2 d1 q2 q1 r", await grid.IdsAsync(new() { State = TaskState.Cancelled }));
        Assert.Equal("s", await grid.IdsAsync(new() { State = TaskState.Succeeded }));
        Assert.Equal(0, await grid.CountOverAsync("cancel", "requested", new()));
    }

    [Theory, OnEveryStore]
    public async Task Purge_OverAll_LeavesAloneWhatRuns(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await FillAsync(grid);
        Assert.Equal(5, (await grid.OverAsync("purge", "purged", new())).Done);
        Assert.Equal("run", await grid.IdsAsync(new() { State = TaskState.Running }));
        Assert.Equal("purged", (await grid.ReadAsync("d1")).Line.Reason);
        Assert.Equal(0, (await grid.OverAsync("purge", "purged", new())).Done);
    }

    [Theory, OnEveryStore]
    public async Task Move_OverAState_MovesThoseThatAreNotThere(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await FillAsync(grid);
        Assert.Equal(1, (await grid.OverAsync("move", "other", new() { State = TaskState.Scheduled })).Done);
        Assert.Equal("d2 d1", await grid.IdsAsync(new() { State = TaskState.Scheduled, Queue = "other" }));
        Assert.Equal(1, (await grid.OverAsync("move", "other", new() { State = TaskState.Retrying })).Done);
        Assert.Equal(2, (await grid.OverAsync("move", "elsewhere", new() { State = TaskState.Queued })).Done);
        Assert.Equal("q2 q1", await grid.IdsAsync(new() { State = TaskState.Queued, Queue = "elsewhere" }));
        Assert.Equal(0, (await grid.OverAsync("move", "other", new() { State = TaskState.Running })).Done);
    }

    [Theory, OnEveryStore]
    public async Task Retry_OverAState_RunsItAgain(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await FillAsync(grid);
        Assert.Equal(1, (await grid.OverAsync("retry", "", new() { State = TaskState.Failed })).Done);
        Assert.Equal(1, (await grid.OverAsync("retry", "", new() { State = TaskState.Cancelled })).Done);
        Assert.Equal(0, (await grid.OverAsync("retry", "", new() { State = TaskState.Succeeded })).Done);
        Assert.Equal("c f q2 q1", await grid.IdsAsync(new() { State = TaskState.Queued }));
        Assert.Equal(1, (int)await grid.Raw.HashGetAsync(grid.Key("counts"), "kept:S"));
        Assert.Equal(0, (int)await grid.Raw.HashGetAsync(grid.Key("counts"), "kept:F"));
    }

    [Theory, OnEveryStore]
    public async Task Forget_OverAState_LeavesNoRecordAndItsIdKnown(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await FillAsync(grid);
        Assert.Equal(1, (await grid.OverAsync("forget", ManyStore.Windows, new() { State = TaskState.Failed })).Done);
        Assert.Equal(0, (await grid.OverAsync("forget", ManyStore.Windows, new() { State = TaskState.Running })).Done);
        Assert.Null(await grid.Tasks.ReadAsync("f"));
        Assert.Equal(Acceptance.Forgotten, (await grid.Tasks.AcceptAsync(TestGrid.Task("f"))).Acceptance);
        Assert.Equal("c d2 d1 q2 q1 r run s", await grid.IdsAsync(new()));
        Assert.Equal(0, (int)await grid.Raw.HashGetAsync(grid.Key("counts"), "kept:F"));
    }

    /// <summary>Each part of a filter by itself; the number is that which was told before.</summary>
    [Theory, OnEveryStore]
    public async Task Cancel_OverAFilter_EndsThoseOfTheList(StoreKind store)
    {
        foreach (var filter in (TaskFilter[])
            [
                new() { Text = "ANN" }, new() { Parent = "p" }, new() { Tag = "red", Queue = "mail-eu" }, new() { Tag = "-" }, new() { Queue = "mail-*" }, new() { Task = "se*", Queue = "q" },
                new() { Since = At(2) }, new() { Until = At(2) }, new() { Since = At(1), Until = At(2), Text = "t" }, new() { State = TaskState.Scheduled, Since = At(3600 + 2) },
                new() { State = TaskState.Queued, Tag = "red" }, new() { State = TaskState.Scheduled, Text = "ann" },
            ])
        {
            var grid = await OpenAsync(store);
            await FillMoreAsync(grid);
            var all = (await grid.IdsAsync(new())).Split(' ').ToHashSet();
            var meant = (await grid.IdsAsync(filter)).Split(' ').ToHashSet();
            Assert.InRange(meant.Count, 1, all.Count - 1);
            Assert.Equal(meant.Count, await grid.CountOverAsync("cancel", "requested", filter));
            Assert.Equal(meant.Count, (await grid.OverAsync("cancel", "requested", filter)).Done);
            var cancelled = (await grid.IdsAsync(new() { State = TaskState.Cancelled })).Split(' ').ToHashSet();
            Assert.True(meant.SetEquals(cancelled), $"{filter}: {string.Join(' ', cancelled)}");
        }
    }

    [Theory, OnEveryStore]
    public async Task Over_WhatCameLater_IsLeftAlone(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("f1", "f2", "a", "b");
        await grid.FailAsync(await grid.LeaseOneAsync(silo, "f1"));
        var (place, instant) = (await grid.Many.CutoffAsync(), await grid.Many.NowAsync());
        await grid.AcceptAsync("late");
        await grid.PassAsync(TimeSpan.FromSeconds(1));
        await grid.FailAsync(await grid.LeaseOneAsync(silo, "f2"));

        Assert.Equal(1, (await grid.OverAsync("retry", "", new() { State = TaskState.Failed }, instant)).Done);
        Assert.Equal(2, (await grid.OverAsync("cancel", "requested", new(), place)).Done);
        Assert.Equal("b a", await grid.IdsAsync(new() { State = TaskState.Cancelled }));
        // It waits at a new place, which was given after the operation had begun.
        Assert.Equal("f1 late", await grid.IdsAsync(new() { State = TaskState.Queued }));
        Assert.Equal("f2", await grid.IdsAsync(new() { State = TaskState.Failed }));
    }

    /// <summary>Whose answer got lost is asked for once more, and what it did fails again in between.</summary>
    [Theory, OnEveryStore]
    public async Task Over_AStepOnceMore_DoesNothing(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("a", "b", "c");
        foreach (var lease in await grid.LeaseAsync(silo))
        {
            await grid.FailAsync(lease);
        }

        var failed = new TaskFilter { State = TaskState.Failed };
        var instant = await grid.Many.NowAsync();
        await grid.PassAsync(TimeSpan.FromSeconds(1));
        var first = await grid.Many.OverAsync("retry", "", failed, "F", instant, "", 2, 500);
        foreach (var lease in await grid.LeaseAsync(silo))
        {
            await grid.FailAsync(lease);
        }

        var again = await grid.Many.OverAsync("retry", "", failed, "F", instant, "", 2, 500);
        Assert.Equal((2, 1), (first.Done, again.Done));
        Assert.Equal(0, (await grid.Many.OverAsync("retry", "", failed, "F", instant, first.Cursor, 2, 500)).Done);
    }

    [Theory, OnEveryStore]
    public async Task Over_Many_GoesOnStepByStep(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await Task.WhenAll(Enumerable.Range(0, 1500).Select(i => grid.Tasks.AcceptAsync(TestGrid.Task($"t{i}", i % 2 == 0 ? "q" : "other", delay: i % 3 == 0 ? TimeSpan.FromHours(1) : default))));
        Assert.Equal(1500, await grid.CountOverAsync("move", "third", new(), scanned: 13));
        Assert.Equal(500, (await grid.OverAsync("move", "third", new() { State = TaskState.Scheduled }, max: 7)).Done);
        Assert.Equal(500, (await grid.OverAsync("move", "third", new() { Queue = "q*" }, max: 7, scanned: 11)).Done);
        Assert.Equal(1500, (await grid.OverAsync("cancel", "requested", new(), max: 100, scanned: 30)).Done);
        Assert.Equal(700, (await grid.OverAsync("forget", ManyStore.Windows, new() { State = TaskState.Cancelled }, max: 70, scanned: 500, steps: 10)).Done);
        Assert.Equal(800, (await grid.OverAsync("forget", ManyStore.Windows, new() { State = TaskState.Cancelled }, max: 30)).Done);
        Assert.Equal("", await grid.IdsAsync(new()));
    }

    /// <summary>What has failed here, was run again and failed in another queue is of that one.</summary>
    [Theory, OnEveryStore]
    public async Task Retry_OverAQueue_TakesWhatHasFailedInIt(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync([.. Enumerable.Range(0, 150).Select(i => $"t{i}")]);
        await grid.Tasks.AcceptAsync(TestGrid.Task("other", "else"));
        await Task.WhenAll((await grid.LeaseAsync(silo, 149)).Select(grid.FailAsync));
        await grid.SucceedAsync(await grid.LeaseOneAsync(silo, "t149"));
        await grid.FailAsync(await grid.LeaseOneAsync(silo, "other", "else"));
        await grid.RetryByHandAsync("t7");
        await grid.ChangeAsync("t7", "else", null, null);
        await grid.FailAsync(await grid.LeaseOneAsync(silo, "t7", "else"));

        var ofQueue = new TaskFilter { State = TaskState.Failed, Queue = "q" };
        Assert.Equal(148, await grid.CountOverAsync("retry", "", ofQueue));
        Assert.Equal(148, (await grid.OverAsync("retry", "", ofQueue, grid.Now, max: 50)).Done);
        Assert.Equal(148, (await grid.DrainAsync(silo)).Count);
        Assert.Empty(await grid.DrainAsync(silo, "else"));
    }

    /// <summary>What is kept for another time lies elsewhere; what has failed twice lies in two places and is one.</summary>
    [Theory, OnEveryStore]
    public async Task Forget_OfAllClasses_TakesEachOnce(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        foreach (var (id, keep) in ((string, TimeSpan?)[])[("a", null), ("b", TimeSpan.FromHours(1)), ("c", TimeSpan.FromDays(2)), ("d", null)])
        {
            await grid.Tasks.AcceptAsync(TestGrid.Task(id, terms: keep is null ? null : new() { KeepFailed = keep }));
            await grid.FailAsync(await grid.LeaseOneAsync(silo, id));
        }

        await grid.PassAsync(TimeSpan.FromHours(2));
        await grid.RetryByHandAsync("a");
        await grid.FailAsync(await grid.LeaseOneAsync(silo, "a"));
        var failed = new TaskFilter { State = TaskState.Failed };
        Assert.Equal(4, await grid.CountOverAsync("forget", ManyStore.Windows, failed));
        Assert.Equal(4, (await grid.OverAsync("forget", ManyStore.Windows, failed)).Done);
        Assert.Equal("", await grid.IdsAsync(new()));
    }

    /// <summary>Those that tell of other tasks' ends: nobody means them who does not say so.</summary>
    [Theory, OnEveryStore]
    public async Task Over_TheGridsOwnTasks_NeedsTheirName(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.Tasks.AcceptAsync(TestGrid.Task("own", "taskgrid.webhooks", "taskgrid.webhook") with { Definition = new(new("taskgrid.webhook"), new("{}"u8.ToArray()), new() { ParentId = "p" }) });
        await grid.AcceptAsync("a");
        Assert.Equal(0, (await grid.OverAsync("cancel", "requested", new() { Parent = "p" })).Done);
        Assert.Equal(0, await grid.CountOverAsync("cancel", "requested", new() { Parent = "p" }));
        Assert.Equal(1, (await grid.OverAsync("move", "other", new() { State = TaskState.Queued })).Done);
        Assert.Equal(1, (await grid.OverAsync("cancel", "requested", new() { Queue = "taskgrid.*" })).Done);
        Assert.Equal("own", await grid.IdsAsync(new() { State = TaskState.Cancelled }));
    }

    /// <summary>A clock is put back, or another machine's is behind.</summary>
    [Theory, OnEveryStore]
    public async Task Over_AfterTheClockWasPutBack_MissesNone(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        await grid.PassAsync(TimeSpan.FromSeconds(10));
        await grid.AcceptAsync("a");
        await grid.FailAsync(await grid.LeaseOneAsync(silo, "a"));
        await grid.PassAsync(TimeSpan.FromSeconds(-2));
        await grid.AcceptAsync("b", "c");
        await grid.FailAsync(await grid.LeaseOneAsync(silo, "b"));
        await grid.PassAsync(TimeSpan.FromSeconds(5));
        Assert.Equal("a", await grid.IdsAsync(new() { Since = At(9) }));
        Assert.Equal(2, (await grid.OverAsync("retry", "", new() { State = TaskState.Failed })).Done);
        Assert.Equal(2, (await grid.OverAsync("cancel", "requested", new() { Since = At(9) })).Done);
    }

    /// <summary>A script holds everybody up: large definitions end a step early.</summary>
    [Theory, OnEveryStore]
    public async Task Over_LargeTasks_ReadsSoMuchInAStep(StoreKind store)
    {
        var grid = await OpenAsync(store);
        for (var i = 0; i < 8; i++)
        {
            await grid.Tasks.AcceptAsync(TestGrid.Task($"t{i}", args: $"\"{new string('x', 600_000)}\""));
        }

        foreach (var filter in (TaskFilter[])[new() { Parent = "p" }, new() { Text = "y" }])
        {
            var (steps, cursor) = (0, "");
            do
            {
                (_, cursor, _) = await grid.Many.CountOverAsync("cancel", "", filter, "A", cursor, 500);
                steps++;
            }
            while (cursor.Length > 0);
            Assert.InRange(steps, 4, 9);
        }
    }

    private static DateTimeOffset At(double seconds) => DateTimeOffset.FromUnixTimeMilliseconds(TestGrid.Start + (long)(seconds * 1000));

    /// <summary>One or two tasks in each state, by the beginning of their names.</summary>
    private static async Task<TestSilo> FillAsync(TestGrid grid)
    {
        var silo = await grid.SiloAsync();
        await grid.AcceptAsync("s", "f", "run", "r");
        await grid.SucceedAsync(await grid.LeaseOneAsync(silo, "s"));
        await grid.FailAsync(await grid.LeaseOneAsync(silo, "f"));
        await grid.LeaseOneAsync(silo, "run");
        await grid.RetryAsync(await grid.LeaseOneAsync(silo, "r"), TimeSpan.FromHours(2));
        await grid.AcceptAsync("q1", "q2");
        await grid.Tasks.AcceptAsync(TestGrid.Task("d1", delay: TimeSpan.FromHours(3)));
        await grid.Tasks.AcceptAsync(TestGrid.Task("d2", queue: "other", delay: TimeSpan.FromHours(1)));
        await grid.AcceptAsync("c");
        await grid.Tasks.CancelAsync("c", "requested");
        return silo;
    }

    private static async Task FillMoreAsync(TestGrid grid)
    {
        NewTask[] tasks =
        [
            TestGrid.Task("a", "mail-eu", "send", args: """{"to":"Ann"}""", terms: new() { Tags = ["red"] }), TestGrid.Task("b", "mail-us", "send", delay: TimeSpan.FromHours(1), terms: new() { Tags = ["red", "-"] }),
            TestGrid.Task("c", "q", "send", delay: TimeSpan.FromHours(1), args: """{"to":"ann"}"""), TestGrid.Task("d", "q", "resize"),
            TestGrid.Task("e") with { Definition = new(new("work"), new("{}"u8.ToArray()), new() { ParentId = "p" }) },
        ];
        foreach (var task in tasks)
        {
            await grid.Tasks.AcceptAsync(task);
            await grid.PassAsync(TimeSpan.FromSeconds(1));
        }
    }
}
