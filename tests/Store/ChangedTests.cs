using TaskGrid.Storage;

namespace TaskGrid.Store;

/// <summary>What a silo tells of its own operations, for those who follow tasks.</summary>
public sealed class ChangedTests(StoreServers servers) : StoreTest(servers)
{
    [Theory, OnEveryStore]
    public async Task Changed_OfEachOperation_SaysWhichTaskAndWhatIsKnown(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        var told = new List<TaskEvent>();
        grid.Connection.Changed += told.Add;

        await grid.AcceptAsync("a", "b", "c");
        await grid.Tasks.AcceptAsync(TestGrid.Task("later", queue: "other", delay: TimeSpan.FromHours(1)));
        Take(new("a", "work", "q", TaskState.Queued), new("b", "work", "q", TaskState.Queued), new("c", "work", "q", TaskState.Queued), new("later", "work", "other", TaskState.Scheduled));
        // The same once more changes nothing.
        await grid.Tasks.AcceptAsync(TestGrid.Task("a"));
        var leases = (await grid.LeaseAsync(silo)).ToDictionary(l => l.Id);
        Take(new("a", "work", "q", TaskState.Running), new("b", "work", "q", TaskState.Running), new("c", "work", "q", TaskState.Running));
        await grid.Tasks.ProgressAsync("a", leases["a"].Token, JsonText.From(1));
        await grid.Tasks.LogAsync("a", leases["a"].Token, ["line"]);
        await grid.Tasks.ProgressAsync("a", 1, JsonText.From(1));
        await grid.SucceedAsync(leases["a"]);
        await grid.SucceedAsync(leases["a"]);
        await grid.RetryAsync(leases["b"], TimeSpan.FromHours(1));
        await grid.FailAsync(leases["c"]);
        Take(Vague("a"), Vague("a"), new("a", null, null, TaskState.Succeeded), new("b", null, null, TaskState.Retrying), new("c", null, null, TaskState.Failed));
        await grid.Tasks.CancelAsync("later", "requested");
        await grid.Tasks.CancelAsync("later", "requested");
        await grid.Tasks.CancelAsync("never", "requested");
        await grid.ChangeAsync("b", "other", null, null);
        await grid.RetryByHandAsync("c");
        await grid.Tasks.ForgetAsync("a");
        Take(Vague("later"), Vague("b"), Vague("c"), Named("a", "q"));
        // What waits ends apart, which is told in another way.
        await grid.AcceptAsync("d", "e");
        await grid.LeaseOneAsync(silo, "c");
        told.Clear();
        var place = await grid.Many.CutoffAsync();
        await grid.Many.OverAsync("cancel", "requested", new() { Queue = "q*" }, "A", place, "", 1, 500);
        await grid.Many.SweepAsync("move", "other", "", "q", "", place, "o:", 100);
        await grid.Many.SweepAsync("cancel", "requested", "", "q", "", place, "r:", 100);
        Take(Named("d", "other"), Named("c", "q"));
        await grid.Many.OverAsync("retry", "", new(), "C", grid.Now, "", 100, 500);
        await grid.Many.OverAsync("forget", ManyStore.Windows, new(), "F", grid.Now, "", 100, 500);
        Take(Named("later", "other"), Named("e", "q"));

        void Take(params TaskEvent[] expected)
        {
            Assert.Equal(expected, told);
            told.Clear();
        }
    }

    private static TaskEvent Vague(string id) => new(id, null, null, null);

    private static TaskEvent Named(string id, string queue) => new(id, "work", queue, null);
}
