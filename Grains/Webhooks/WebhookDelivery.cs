using TaskGrid.Tasks;

namespace TaskGrid.Webhooks;

/// <summary>The arguments of the task that calls a webhook.</summary>
/// <param name="Id">The task that has ended.</param>
/// <param name="Url">Whom to call.</param>
[GridTask(TaskName)]
internal sealed record WebhookDelivery(string Id, string Url)
{
    public const string TaskName = "taskgrid.webhook";

    /// <summary>The queue that deliveries lie in.</summary>
    public const string Queue = "taskgrid.webhooks";

    private static readonly TaskSettings s_settings = new()
    {
        MaxAttempts = 12, Backoff = Backoff.Exponential(TimeSpan.FromSeconds(5), TimeSpan.FromHours(2), 3), TimeLimit = TimeSpan.FromMinutes(3),
    };

    /// <summary>The delivery as it is kept with its task, until the script that ends the task accepts it.</summary>
    public static byte[] DefinitionFor(string id, string url) =>
        new TaskDefinition(new(TaskName, s_settings), JsonText.From(new WebhookDelivery(id, url)), new() { ParentId = id, RootId = id }).Encode();
}
