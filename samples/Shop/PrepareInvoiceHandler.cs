using TaskGrid;

namespace Shop;

/// <summary>Runs <c>prepare_invoice</c>: one instance per attempt, its parameters from the container.</summary>
public sealed class PrepareInvoiceHandler(TaxRates rates) : ITaskHandler<PrepareInvoice, Invoice>
{
    public Task<Invoice> RunAsync(PrepareInvoice args, TaskContext context, CancellationToken cancellationToken)
    {
        // Trying again would not help: the task fails now, whatever is left of its attempts.
        var rate = rates.Find(args.Country) ?? throw new PermanentFailureException($"No tax rate for '{args.Country}'.");
        var net = args.Prices.Sum();
        var tax = Math.Round(net * rate, 2);
        context.Logger.LogInformation("Invoice {Number} over {Total}", args.Number, net + tax);
        return Task.FromResult(new Invoice(args.Number, net, tax, net + tax));
    }
}
