using TaskGrid;

namespace ReadmeHost;

[GridTask("send_invoice")]
internal sealed record SendInvoice(int Number) : IGridTask<string>;

[GridTask("charge")]
public sealed record Charge(string Customer, [Sensitive] string CardNumber);

/// <summary>What README, docs/options.md and docs/queues-and-limits.md show of options, queues and operations on many tasks.</summary>
internal static class Options
{
    public static async Task Ask(ITaskClient tasks, IQueueClient queues, IBulkClient bulk)
    {
        await tasks.SubmitAsync(new SendInvoice(17), new()
        {
            Priority = 8,
            MaxAttempts = TaskSettings.Forever,
            Backoff = Backoff.Exponential(TimeSpan.FromSeconds(5), max: TimeSpan.FromHours(1)),
            TimeLimit = TimeSpan.FromMinutes(2),
            ExpiresAfter = TimeSpan.FromDays(1),
            ConcurrencyKey = "tenant:42",
            ConcurrencyLimit = 1,
            Deduplication = Deduplication.Unique("invoice-17"),
            Tags = ["invoices"],
        });
        await queues.ConfigureAsync("mail", new() { Limits = new(Concurrency: 20, Rate: RateLimit.PerMinute(100)), Fair = true });
        await bulk.CancelAsync(tag: "invoices");
    }

    public static void Register(TaskGridBuilder grid)
    {
        grid.AddTask("charge_once_more", (string customer, [Sensitive] string cardNumber) => Pay(customer, cardNumber));
    }

    public static async Task LookAfter(IQueueClient queues)
    {
        await queues.ConfigureAsync("mail", new()
        {
            Limits = new(Concurrency: 20, Rate: RateLimit.Parse("100/m burst 20")),                    // the queue as a whole
            TaskLimits = new Dictionary<string, Limits> { ["send_email"] = new(Concurrency: 5) },      // its tasks of one name
            EachKeyLimits = new(Concurrency: 2),                                                       // each concurrency key
            KeyLimits = new Dictionary<string, Limits> { ["tenant:42"] = new(Concurrency: 10) },       // one key in particular
            Fair = true,
        });
        await queues.PauseAsync("mail");
        await queues.ResumeAsync("mail");
    }

    public static async Task<long> Many(IBulkClient manyTasks)
    {
        var bulk = await manyTasks.CancelAsync(tag: "import-7");          // also by queue, by task name
        await manyTasks.PurgeAsync("mail");                               // what waits, not what runs
        await manyTasks.MoveAsync("mail", "mail-slow", task: "newsletter");
        await manyTasks.RetryAsync(queue: "mail");                        // what has failed
        await manyTasks.BeginAsync(new() { Action = BulkAction.Forget, State = TaskState.Failed, Text = "timed out" });
        var through = await bulk.WaitAsync();                             // through.Done tasks
        return through.Done;
    }

    private static string Pay(string customer, string cardNumber) => $"{customer} {cardNumber.Length}";
}
