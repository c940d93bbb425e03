namespace TaskGrid.Workers;

/// <summary>
/// Ends an attempt at the instant at which it is over, whatever its code does. One timer, set for what comes next only: an attempt
/// without limits has none, unless it is cancelled.
/// </summary>
internal sealed class AttemptWatch(Attempt attempt, AttemptLimits limits, TimeProvider time, Action<StopReason> over) : IDisposable
{
    // No timer can be set for ten years; one that fires too early only looks again.
    private static readonly TimeSpan s_longestTimer = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly long _begunAt = time.GetTimestamp();
    private ITimer? _timer;
    private bool _ended;

    /// <summary>How long ago the attempt began.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_begunAt);

    /// <summary>Does what is to be done by now and sets the timer for what comes next.</summary>
    public void Look()
    {
        if (Pass() is { } reason)
        {
            over(reason);
        }
    }

    /// <summary>The code has ended: nothing is to come any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            End();
        }
    }

    /// <summary>Why the attempt is over since just now, if it is.</summary>
    private StopReason? Pass()
    {
        lock (_gate)
        {
            while (!_ended && limits.Next(attempt.Reason, Since(attempt.LastBeat), attempt.CancelledAt is { } at ? Since(at) : null) is { } next)
            {
                if (next.At - Elapsed is var left && left > TimeSpan.Zero)
                {
                    SetTimer(left);
                    return null;
                }

                if (next.IsOver)
                {
                    End();
                    return next.Reason;
                }

                attempt.Stop(next.Reason);
            }

            return null;
        }
    }

    private TimeSpan Since(long timestamp) => time.GetElapsedTime(_begunAt, timestamp);

    private void SetTimer(TimeSpan left)
    {
        // Timers drop fractions of a millisecond, and would then fire that much too early, again and again.
        var due = left < s_longestTimer ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : s_longestTimer;
        if (_timer is null)
        {
            _timer = time.CreateTimer(static watch => ((AttemptWatch)watch!).Look(), this, due, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _timer.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    private void End()
    {
        _ended = true;
        _timer?.Dispose();
    }
}
