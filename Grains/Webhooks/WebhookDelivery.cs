using System.Globalization;
using TaskGrid.Retries;
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

    private static readonly TimeSpan s_longestPause = TimeSpan.FromHours(2);

    // Twelve attempts: the last one some five hours after the first, nine and a half at most.
    private static readonly Backoff s_backoff = Backoff.Exponential(TimeSpan.FromSeconds(5), s_longestPause, 3);
    private static readonly TaskSettings s_settings = new() { MaxAttempts = 12, Backoff = s_backoff, TimeLimit = TimeSpan.FromMinutes(3) };

    /// <summary>The delivery as it is kept with its task, until the script that ends the task accepts it.</summary>
    public static byte[] DefinitionFor(string id, string url) =>
        new TaskDefinition(new(TaskName, s_settings), JsonText.From(new WebhookDelivery(id, url)), new() { ParentId = id, RootId = id }).Encode();

    /// <summary>
    /// The pause after a failed attempt, later if the receiver asks for that. Not sooner: one that says "in a second" until it is up again would have used up all
    /// attempts by then.
    /// </summary>
    public static TimeSpan PauseAfter(int attempt, TimeSpan asked, double jitter)
    {
        var pause = BackoffDelay.After(s_backoff, attempt, jitter);
        return asked <= pause ? pause : asked < s_longestPause ? asked : s_longestPause;
    }

    /// <summary>The version that the task had when it ended: the last part of the delivery's id.</summary>
    public static long EndOf(string id) => long.Parse(id.AsSpan(id.LastIndexOf('.') + 1), CultureInfo.InvariantCulture);
}
