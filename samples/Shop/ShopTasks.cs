using TaskGrid;

namespace Shop;

/// <summary>The tasks of the shop, in one place: the application registers them, and so do its tests.</summary>
public static class ShopTasks
{
    /// <summary>Adds the tasks and what their handlers need.</summary>
    public static TaskGridBuilder AddShopTasks(this TaskGridBuilder tasks)
    {
        tasks.Services.AddSingleton<TaxRates>();
        return tasks
            .AddTask("discount", (decimal price, int percent) => price - (price * percent / 100))
            // At most 50 start in a second, however many silos there are.
            .AddTask<PrepareInvoice, PrepareInvoiceHandler>(o => o.RateLimit = RateLimit.PerSecond(50, burst: 10));
    }
}
