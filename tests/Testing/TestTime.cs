namespace TaskGrid.Testing;

/// <summary>A clock that goes on as the system's does and that a test can set forward: timers that are passed by fire at once.</summary>
public sealed class TestTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly HashSet<TestTimer> _timers = [];
    private TimeSpan _ahead;

    /// <summary>How far it is ahead of the system's clock.</summary>
    public TimeSpan Ahead
    {
        get
        {
            lock (_gate)
            {
                return _ahead;
            }
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;

    /// <inheritdoc/>
    public override long TimestampFrequency => System.TimestampFrequency;

    /// <inheritdoc/>
    public override long GetTimestamp() => System.GetTimestamp() + (long)(Ahead.TotalSeconds * TimestampFrequency);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new TestTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Sets it forward.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        TestTimer[] timers;
        lock (_gate)
        {
            _ahead += by;
            timers = [.. _timers];
        }

        foreach (var timer in timers)
        {
            timer.Rearm();
        }
    }

    private void Keep(TestTimer timer, bool isSet)
    {
        lock (_gate)
        {
            _ = isSet ? _timers.Add(timer) : _timers.Remove(timer);
        }
    }

    /// <summary>A system timer that is set anew whenever the clock jumps.</summary>
    private sealed class TestTimer : ITimer
    {
        private readonly TestTime _time;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private readonly Lock _gate = new();
        private readonly ITimer _inner;
        private DateTimeOffset? _dueAt;
        private TimeSpan _period;

        public TestTimer(TestTime time, TimerCallback callback, object? state)
        {
            (_time, _callback, _state) = (time, callback, state);
            _inner = System.CreateTimer(static timer => ((TestTimer)timer!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_gate)
            {
                _period = period;
                _dueAt = dueTime == Timeout.InfiniteTimeSpan ? null : _time.GetUtcNow() + dueTime;
                var isSet = Set();
                _time.Keep(this, isSet && _dueAt is not null);
                return isSet;
            }
        }

        public void Rearm()
        {
            lock (_gate)
            {
                Set();
            }
        }

        public void Dispose()
        {
            _time.Keep(this, false);
            _inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            _time.Keep(this, false);
            return _inner.DisposeAsync();
        }

        private bool Set()
        {
            var left = _dueAt - _time.GetUtcNow();
            return _inner.Change(left is null ? Timeout.InfiniteTimeSpan : left > TimeSpan.Zero ? left.Value : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }

        private void Fire()
        {
            lock (_gate)
            {
                if (_dueAt is not { } dueAt)
                {
                    return;
                }

                if (dueAt > _time.GetUtcNow())
                {
                    // The system's timers may fire a little early.
                    Set();
                    return;
                }

                _dueAt = _period == Timeout.InfiniteTimeSpan || _period == TimeSpan.Zero ? null : _time.GetUtcNow() + _period;
                _time.Keep(this, _dueAt is not null);
                Set();
            }

            _callback(_state);
        }
    }
}
