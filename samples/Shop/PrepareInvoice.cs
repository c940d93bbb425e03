using TaskGrid;

namespace Shop;

/// <summary>
/// The arguments of the task <c>prepare_invoice</c>; its result is an <see cref="Invoice"/>. An attempt that takes longer than half a minute
/// is over and counts as failed, whatever its code still does.
/// </summary>
[GridTask("prepare_invoice", Queue = "invoices", MaxAttempts = 5, TimeLimitSeconds = 30)]
public sealed record PrepareInvoice(string Number, decimal[] Prices, string Country) : IGridTask<Invoice>;

/// <summary>A prepared invoice.</summary>
public sealed record Invoice(string Number, decimal Net, decimal Tax, decimal Total);
