namespace TaskGrid.Storage;

/// <summary>
/// What the store's clock shows, learned from its answers: each was written between the sending of its call and its arrival, so the
/// quickest of them say it to a fraction of a millisecond, however far the clocks of the two machines are apart.
/// </summary>
internal sealed class StoreTime(TimeProvider time)
{
    // By which two clocks drift apart at most, while one of them is being corrected.
    private const double Drift = 0.0005;

    private readonly Lock _gate = new();
    private readonly long _origin = time.GetTimestamp();
    private (TimeSpan Least, TimeSpan Most, TimeSpan At)? _ahead;

    /// <summary>Monotonic, of this process.</summary>
    public TimeSpan Now => time.GetElapsedTime(_origin);

    /// <summary>Takes an answer into account.</summary>
    /// <param name="sent">When its call was sent, by <see cref="Now"/>.</param>
    /// <param name="received">When it arrived.</param>
    /// <param name="shown">What the store's clock showed in between, since the Unix epoch.</param>
    public void Observe(TimeSpan sent, TimeSpan received, TimeSpan shown)
    {
        var (least, most) = (shown - received, shown - sent);
        lock (_gate)
        {
            if (_ahead is { } known)
            {
                var drift = (received - known.At).Duration() * Drift;
                var (closerLeast, closerMost) = (Max(least, known.Least - drift), Min(most, known.Most + drift));
                if (closerLeast <= closerMost)
                {
                    (least, most) = (closerLeast, closerMost);
                }

                // Otherwise one of the clocks was set: what was known before says nothing any more.
            }

            _ahead = (least, most, received);
        }
    }

    /// <summary>How long until the store's clock shows an instant; negative when it has shown it. <c>null</c> before the first answer.</summary>
    /// <param name="instant">Since the Unix epoch.</param>
    public TimeSpan? Until(TimeSpan instant)
    {
        lock (_gate)
        {
            return _ahead is { } known ? instant - (known.Least + ((known.Most - known.Least) / 2)) - Now : null;
        }
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
