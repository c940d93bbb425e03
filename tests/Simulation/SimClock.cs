namespace TaskGrid.Simulation;

/// <summary>Time as a process sees it: the history's, and timers that fire when the process is there to see it.</summary>
internal sealed class SimClock(SimProcess process, Action afterTimer) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => process.World.Now * TimeSpan.TicksPerMicrosecond;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(process.World.StoreNow);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>A timer that fires once.</summary>
    private sealed class Timer(SimClock clock, Action callback) : ITimer
    {
        private int _set;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var set = ++_set;
            clock.Process.After(dueTime.TotalMilliseconds, () =>
            {
                if (set == _set)
                {
                    callback();
                    clock.AfterTimer();
                }
            });
            return true;
        }

        public void Dispose() => _set = -1;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private SimProcess Process => process;

    private Action AfterTimer => afterTimer;
}
