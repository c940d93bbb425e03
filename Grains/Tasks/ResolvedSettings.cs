namespace TaskGrid.Tasks;

/// <summary>A task's settings with the built-in values filled in: what the engine goes by. The stored form says nothing where a built-in value holds.</summary>
internal sealed class ResolvedSettings(TaskSettings stored)
{
    public static readonly Backoff BuiltInBackoff = new();

    /// <summary>What differs from the built-in values.</summary>
    public TaskSettings Stored { get; } = stored;

    public int MaxAttempts { get; } = stored.MaxAttempts ?? 3;

    public Backoff Backoff { get; } = stored.Backoff ?? BuiltInBackoff;

    public IReadOnlyList<string>? RetryOn => Stored.RetryOn;

    public IReadOnlyList<string>? NeverRetryOn => Stored.NeverRetryOn;

    public TimeSpan? SoftTimeLimit => Stored.SoftTimeLimit;

    public TimeSpan? TimeLimit => Stored.TimeLimit;

    public TimeSpan? HeartbeatTimeout => Stored.HeartbeatTimeout;

    public TimeSpan CancelTimeout { get; } = stored.CancelTimeout ?? TimeSpan.FromSeconds(30);

    public bool IgnoreResult { get; } = stored.IgnoreResult ?? false;

    public int? MaxResultBytes => Stored.MaxResultBytes;

    public Delivery Delivery { get; } = stored.Delivery ?? Delivery.AtLeastOnce;

    /// <summary>
    /// What is worth storing of merged settings: not what a built-in value says anyway, and not what lies elsewhere in the record
    /// (priority, expiry, deadline, lane, retention).
    /// </summary>
    public static TaskSettings ToStore(TaskSettings merged) => new()
    {
        MaxAttempts = merged.MaxAttempts == 3 ? null : merged.MaxAttempts,
        Backoff = merged.Backoff == BuiltInBackoff ? null : merged.Backoff,
        RetryOn = merged.RetryOn,
        NeverRetryOn = merged.NeverRetryOn,
        SoftTimeLimit = merged.SoftTimeLimit,
        TimeLimit = merged.TimeLimit,
        HeartbeatTimeout = merged.HeartbeatTimeout,
        CancelTimeout = merged.CancelTimeout,
        IgnoreResult = merged.IgnoreResult == true ? true : null,
        MaxResultBytes = merged.MaxResultBytes,
        Delivery = merged.Delivery == Delivery.AtMostOnce ? merged.Delivery : null,
    };
}
