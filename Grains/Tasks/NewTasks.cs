using TaskGrid.Queues;
using TaskGrid.Storage;
using TaskGrid.Webhooks;

namespace TaskGrid.Tasks;

/// <summary>Turns a submission into what is stored of it. Pure.</summary>
internal static class NewTasks
{
    public static NewTask From(TaskSubmission submission, TaskDescription known, string queue, Resolved resolved)
    {
        var asked = submission.Options;
        var settings = resolved.Settings;
        var tags = Union(known.Tags, asked.Tags);
        var terms = new NewTerms
        {
            // The call's instant stands for its span: lower defaults do not count then.
            ExpiresAfter = asked.ExpiresAt is null ? settings.ExpiresAfter : null,
            ExpiresAt = asked.ExpiresAt,
            DeadlineAfter = asked.DeadlineAt is null ? settings.DeadlineAfter : null,
            DeadlineAt = asked.DeadlineAt,
            KeepSucceeded = settings.KeepSucceeded,
            KeepFailed = settings.KeepFailed,
            KeepCancelled = settings.KeepCancelled ?? settings.KeepSucceeded,
            Deduplication = asked.Deduplication,
            Tags = tags ?? [],
            AtMostOnce = settings.Delivery == Delivery.AtMostOnce,
            HasIdempotencyKey = asked.IdempotencyKey is not null,
            Webhook = asked.Webhook is { } url ? WebhookDelivery.DefinitionFor(asked.Id!, url) : null,
        };
        var meta = new TaskMeta
        {
            Tags = tags,
            Headers = asked.Headers is { Count: > 0 } ? asked.Headers : null,
            ParentId = asked.ParentId,
            RootId = asked.RootId,
            TraceParent = asked.TraceParent,
            TraceState = asked.TraceState,
            ConcurrencyKey = asked.ConcurrencyKey,
            IdempotencyKey = asked.IdempotencyKey,
            Deduplication = asked.Deduplication,
            Webhook = asked.Webhook,
        };
        return new(
            asked.Id!, ContentHash.Of(submission), queue, LaneOf(submission, settings.ConcurrencyLimit), settings.Priority ?? 5, asked.Delay ?? TimeSpan.Zero, asked.DueAt,
            new(resolved.Header, submission.Args, meta == TaskMeta.None ? null : meta), terms.IsNone ? null : terms);
    }

    /// <summary>Keeping the last one means that one waits for the other: its key is a serial lane, unless it has another key.</summary>
    private static string LaneOf(TaskSubmission submission, int? limit) => submission.Options switch
    {
        { ConcurrencyKey: { } key } => Lane.Of(submission.Task, key, limit),
        { Deduplication: { Mode: DeduplicationMode.KeepLast } dedup } => Lane.OfLast(submission.Task, dedup.Key),
        _ => submission.Task,
    };

    private static IReadOnlyList<string>? Union(IReadOnlyList<string>? registered, IReadOnlyList<string>? asked) => (registered, asked) switch
    {
        (null or { Count: 0 }, null or { Count: 0 }) => null,
        (null or { Count: 0 }, _) => asked,
        (_, null or { Count: 0 }) => registered,
        _ => [.. registered.Union(asked, StringComparer.Ordinal)],
    };
}
