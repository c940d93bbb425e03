using TaskGrid.Testing;

namespace TaskGrid.Unit.Testing;

public sealed class TestTimeTests
{
    private readonly TestTime _time = new();

    [Fact]
    public void Advance_MovesBothClocks()
    {
        var (now, stamp) = (_time.GetUtcNow(), _time.GetTimestamp());

        _time.Advance(TimeSpan.FromHours(1));

        Assert.InRange(_time.GetUtcNow() - now, TimeSpan.FromHours(1), TimeSpan.FromHours(1.1));
        Assert.InRange(_time.GetElapsedTime(stamp), TimeSpan.FromHours(1), TimeSpan.FromHours(1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _time.Advance(TimeSpan.FromTicks(-1)));
    }

    [Fact]
    public async Task Delay_PassedBy_Ends()
    {
        var delay = Task.Delay(TimeSpan.FromHours(1), _time, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.False(delay.IsCompleted);

        _time.Advance(TimeSpan.FromMinutes(1));

        await delay.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Delay_NotPassedBy_EndsByItself() =>
        await Task.Delay(TimeSpan.FromMilliseconds(1), _time, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    [Fact]
    public async Task Timer_PassedBySeveralTimes_TicksOnceForEachJump()
    {
        using var ticks = new SemaphoreSlim(0);
        await using var timer = _time.CreateTimer(_ => ticks.Release(), null, TimeSpan.FromHours(1), TimeSpan.FromHours(1));

        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromHours(2));
            Assert.True(await ticks.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        }

        Assert.Equal(0, ticks.CurrentCount);
    }

    [Fact]
    public void Timer_DisposedOf_DoesNotTick()
    {
        var ticked = false;
        var timer = _time.CreateTimer(_ => ticked = true, null, TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan);
        timer.Dispose();

        _time.Advance(TimeSpan.FromHours(2));

        Assert.False(ticked);
        Assert.False(timer.Change(TimeSpan.Zero, TimeSpan.Zero));
    }
}
