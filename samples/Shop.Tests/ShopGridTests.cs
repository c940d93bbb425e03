using TaskGrid;
using TaskGrid.Testing;
using Xunit;

namespace Shop.Tests;

/// <summary>All tasks of the shop on a whole grid in this process, without Redis, on a clock that the test sets forward.</summary>
public sealed class ShopGridTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_order_for_tomorrow_is_invoiced_tomorrow()
    {
        await using var grid = await TestGrid.StartAsync(tasks => tasks.AddShopTasks());
        var order = await grid.Tasks.SubmitAsync(new PrepareInvoice("A-17", [10.50m, 4.25m], "de"), new() { Delay = TimeSpan.FromDays(1) }, Stop);

        await grid.DrainAsync();
        Assert.Equal(TaskState.Scheduled, (await order.GetSnapshotAsync(Stop))?.State);
        await grid.AdvanceAsync(TimeSpan.FromDays(1));
        await grid.DrainAsync();

        Assert.Equal(17.55m, (await order.GetResultAsync(Stop))?.Total);
    }

    [Fact]
    public async Task Invoices_of_all_countries_are_prepared_within_their_limits()
    {
        await using var grid = await TestGrid.StartAsync(tasks => tasks.AddShopTasks());
        foreach (var country in new[] { "de", "fr", "ch", "de", "fr", "de" })
        {
            await grid.Tasks.SubmitAsync(new PrepareInvoice("A-17", [100m], country), new() { ConcurrencyKey = country, ConcurrencyLimit = 1 }, Stop);
        }

        await grid.DrainAsync();

        Assert.Equal(6, grid.Submitted<PrepareInvoice>().Count);
        foreach (var submission in grid.Submissions.All)
        {
            Assert.Equal(TaskState.Succeeded, (await grid.Tasks.GetHandle(submission.Options.Id!).GetSnapshotAsync(Stop))?.State);
        }
    }
}
