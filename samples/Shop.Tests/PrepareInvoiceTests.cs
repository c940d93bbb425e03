using TaskGrid;
using TaskGrid.Testing;
using Xunit;

namespace Shop.Tests;

/// <summary>One handler by itself: its arguments through JSON, its services from the container, and what the grid would make of its end.</summary>
public sealed class PrepareInvoiceTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_invoice_has_the_tax_of_its_country()
    {
        await using var run = TaskRun.Named("prepare_invoice", tasks => tasks.AddShopTasks());

        var outcome = await run.RunAsync(new PrepareInvoice("A-17", [10.50m, 4.25m], "de"), cancellationToken: Stop);

        Assert.Equal(new Invoice("A-17", 14.75m, 2.80m, 17.55m), outcome.ResultAs<Invoice>());
    }

    [Fact]
    public async Task An_unknown_country_is_not_tried_again()
    {
        await using var run = TaskRun.Named("prepare_invoice", tasks => tasks.AddShopTasks());

        var outcome = await run.RunAsync(new PrepareInvoice("A-17", [10.50m], "xx"), cancellationToken: Stop);

        Assert.Equal((AttemptVerdict.Failed, "No tax rate for 'xx'."), (outcome.Verdict, outcome.Error?.Message));
    }
}
