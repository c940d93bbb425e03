using System.Globalization;
using StackExchange.Redis;
using TaskGrid.Queues;
using TaskGrid.Tasks;

namespace TaskGrid.Storage;

/// <summary>What to store for a new task.</summary>
internal sealed record NewTask(
    string Id, string Hash, string Queue, string Lane, int Priority, TimeSpan Delay, DateTimeOffset? DueAt, TaskDefinition Definition, NewTerms? Terms = null);

/// <summary>What a new task asks for beside the usual. Spans count from acceptance, by the store's clock.</summary>
internal sealed record NewTerms
{
    public TimeSpan? ExpiresAfter { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public TimeSpan? DeadlineAfter { get; init; }

    public DateTimeOffset? DeadlineAt { get; init; }

    public TimeSpan? KeepSucceeded { get; init; }

    public TimeSpan? KeepFailed { get; init; }

    public TimeSpan? KeepCancelled { get; init; }

    public Deduplication? Deduplication { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public bool AtMostOnce { get; init; }

    public bool HasIdempotencyKey { get; init; }

    /// <summary>The definition of the task that is accepted when this one has ended.</summary>
    public byte[]? Webhook { get; init; }

    /// <summary>Whether nothing is asked for, so that nothing has to be stored.</summary>
    public bool IsNone => this is
    {
        ExpiresAfter: null, ExpiresAt: null, DeadlineAfter: null, DeadlineAt: null, KeepSucceeded: null, KeepFailed: null, KeepCancelled: null,
        Deduplication: null, Tags.Count: 0, AtMostOnce: false, HasIdempotencyKey: false, Webhook: null,
    };

    /// <summary>As the accept script takes them.</summary>
    public RedisValue[] ToArguments(string task) =>
    [
        Span(ExpiresAfter), Instant(ExpiresAt), Span(DeadlineAfter), Instant(DeadlineAt), Keep(KeepSucceeded), Keep(KeepFailed), Keep(KeepCancelled),
        Deduplication?.Mode switch
        {
            null => StateLine.None,
            DeduplicationMode.Unique => "u",
            DeduplicationMode.Throttle => "t",
            DeduplicationMode.Debounce => "d",
            _ => "l",
        },
        Deduplication is { } dedup ? $"{task}:{Lane.Escape(dedup.Key)}" : StateLine.None,
        Span(Deduplication?.Period), Tags.Count == 0 ? StateLine.None : string.Join(',', Tags.Select(FilterWords.Tag)), AtMostOnce ? 1 : 0, HasIdempotencyKey ? 1 : 0,
        Webhook ?? [],
    ];

    private static RedisValue Span(TimeSpan? span) => span is { } given ? Math.Max(1, (long)given.TotalMilliseconds) : 0;

    // 0 stands for "none", so an instant before 1970 is kept as the first millisecond after.
    private static RedisValue Instant(DateTimeOffset? instant) => instant is { } given ? Math.Max(1, given.ToUnixTimeMilliseconds()) : 0;

    private static RedisValue Keep(TimeSpan? keep) => keep is { } given ? RetentionLadder.StepFor(given).ToString(CultureInfo.InvariantCulture) : StateLine.None;
}
