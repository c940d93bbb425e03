using Microsoft.Extensions.Time.Testing;
using TaskGrid.Storage;

namespace TaskGrid.Workers;

public sealed class AttemptWatchTests
{
    private readonly CountingTime _time = new();
    private readonly List<(StopReason Reason, TimeSpan At)> _over = [];
    private readonly Attempt _attempt;

    public AttemptWatchTests()
    {
        const string Line = "W 1 0 0 0 0 = 0 0 - 0 - 5 1 0 1 default add h -";
        _attempt = new(new GrantedLease("a", 1, 1_000_000, 1_000_000, Line, null, null, "0 1009000 - - - - -", "-"), "default", _time);
    }

    [Fact]
    public void Begin_WithoutLimits_SetsNoTimer()
    {
        using var watch = Begin(new(null, null, null, null, TimeSpan.FromSeconds(30)));

        Assert.Equal(0, _time.Timers);
    }

    [Fact]
    public void Stop_ByACancel_SetsTheTimerForItsGrace()
    {
        using var watch = Begin(new(null, null, null, null, TimeSpan.FromSeconds(30)));
        _time.Advance(TimeSpan.FromSeconds(2));
        _attempt.Stop(StopReason.CancelRequested);
        _attempt.Stop(StopReason.CancelRequested);

        _time.Advance(TimeSpan.FromSeconds(29.9));
        Assert.Empty(_over);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal([(StopReason.CancelRequested, TimeSpan.FromSeconds(32))], _over);
        Assert.Equal(1, _time.Timers);
    }

    [Fact]
    public void SoftLimit_WhenItIsReached_FiresTheTokenAndTheHardOneFollows()
    {
        using var watch = Begin(new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20), null, null, TimeSpan.Zero));

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(StopReason.SoftTimeLimit, _attempt.Reason);
        Assert.Empty(_over);
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal([(StopReason.TimeLimit, TimeSpan.FromSeconds(20))], _over);
    }

    [Fact]
    public void HeartbeatTimeout_AsLongAsThereAreBeats_IsNotReached()
    {
        using var watch = Begin(new(null, null, TimeSpan.FromSeconds(5), null, TimeSpan.Zero));
        for (var i = 0; i < 10; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(4));
            _attempt.Beat();
        }

        Assert.Empty(_over);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([(StopReason.HeartbeatTimeout, TimeSpan.FromSeconds(45))], _over);
    }

    [Fact]
    public void Limits_LongerThanATimer_AreReachedAllTheSame()
    {
        using var watch = Begin(new(null, TimeSpan.FromDays(1000.5), null, null, TimeSpan.Zero));
        _time.Advance(TimeSpan.FromDays(1000));
        Assert.Empty(_over);
        _time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(StopReason.TimeLimit, Assert.Single(_over).Reason);
    }

    [Fact]
    public void Limits_WithFractionsOfAMillisecond_AreNeverReachedTooEarly()
    {
        using var watch = Begin(new(null, TimeSpan.FromMilliseconds(10.3), null, null, TimeSpan.Zero));
        _time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Empty(_over);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Single(_over);
    }

    [Fact]
    public void Dispose_BeforeALimit_IsTheEndOfIt()
    {
        Begin(new(null, TimeSpan.FromSeconds(20), null, null, TimeSpan.Zero)).Dispose();

        _time.Advance(TimeSpan.FromSeconds(60));
        _attempt.Stop(StopReason.CancelRequested);

        Assert.Empty(_over);
    }

    [Fact]
    public void Stop_ByTheSoftLimit_GivesWayToACancelAndThatToTheTimeLimit()
    {
        _attempt.Stop(StopReason.SoftTimeLimit);
        _attempt.Stop(StopReason.CancelRequested);
        _attempt.Stop(StopReason.Interrupted);
        Assert.Equal(StopReason.CancelRequested, _attempt.Reason);

        _attempt.Stop(StopReason.TimeLimit);
        _attempt.Stop(StopReason.Deadline);

        Assert.Equal(StopReason.TimeLimit, _attempt.Reason);
        Assert.True(_attempt.Stopping.IsCancellationRequested);
    }

    [Fact]
    public void LeftUntilDeadline_CountsFromTheLeaseByTheStoresClock()
    {
        Assert.Equal(TimeSpan.FromSeconds(9), _attempt.LeftUntilDeadline);
        _time.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(TimeSpan.FromSeconds(5), _attempt.LeftUntilDeadline);
    }

    private AttemptWatch Begin(AttemptLimits limits)
    {
        AttemptWatch watch = null!;
        watch = new(_attempt, limits, _time, reason => _over.Add((reason, watch.Elapsed)));
        _attempt.Begin(watch);
        return watch;
    }

    private sealed class CountingTime : FakeTimeProvider
    {
        public int Timers { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Timers++;
            // As the real ones: in whole milliseconds.
            return new WholeMilliseconds(base.CreateTimer(callback, state, Whole(dueTime), period));
        }

        private static TimeSpan Whole(TimeSpan span) => TimeSpan.FromMilliseconds(Math.Truncate(span.TotalMilliseconds));

        private sealed class WholeMilliseconds(ITimer inner) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(Whole(dueTime), period);

            public void Dispose() => inner.Dispose();

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }
}
