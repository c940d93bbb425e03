using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using TaskGrid.Kit;
using TaskGrid.Storage;

namespace TaskGrid.Workers;

public sealed class StartInstantsTests
{
    private const long Now = 1_800_000_000_000;

    private readonly FakeTimeProvider _time = new();
    private readonly StoreTime _store;
    private readonly LogLines _log = new();
    private readonly StartInstants _instants;

    public StartInstantsTests()
    {
        _store = new(_time);
        _store.Observe(_store.Now, _store.Now, TimeSpan.FromMilliseconds(Now));
        _instants = new(_store, _time, new LoggerFactory([_log]).CreateLogger<StartInstants>());
    }

    [Fact]
    public async Task Reach_WithoutARate_IsThereAtAnyTime()
    {
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(await _instants.ReachAsync(Lease(inMs: 0, late: null)));
    }

    [Fact]
    public async Task Reach_AheadOfItsInstant_WaitsForIt()
    {
        var reached = _instants.ReachAsync(Lease(inMs: 40)).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(39));
        Assert.False(reached.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(await reached);
    }

    [Theory]
    [InlineData(13, true)]
    [InlineData(14, false)]
    public async Task Reach_AfterItsInstant_IsTooLateBeyondWhatItMay(int afterMs, bool inTime)
    {
        var attempt = Lease(inMs: 10);
        _time.Advance(TimeSpan.FromMilliseconds(10 + afterMs));
        Assert.Equal(inTime, await _instants.ReachAsync(attempt));
    }

    [Fact]
    public async Task Reach_StoppedMeanwhile_GoesBackAtOnce()
    {
        var attempt = Lease(inMs: 40);
        var reached = _instants.ReachAsync(attempt).AsTask();
        attempt.Stop(StopReason.CancelRequested);
        Assert.False(await reached);
    }

    [Fact]
    public async Task Reach_WhenTheStoresClockIsBelievedFarBehind_WaitsNoLongerThanItWasLeasedAhead()
    {
        var attempt = Lease(inMs: 40);
        _store.Observe(_store.Now, _store.Now, TimeSpan.FromMilliseconds(Now) - TimeSpan.FromHours(1));
        var reached = _instants.ReachAsync(attempt).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(40));
        Assert.True(await reached);
    }

    [Fact]
    public async Task Reach_TooLateForSecondsOnEnd_BeginsAllTheSameAndSaysSoOnce()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.False(await LateAsync());
            _time.Advance(TimeSpan.FromMilliseconds(499));
        }

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await LateAsync(), "Nothing was in time for 5 s.");
        Assert.True(await LateAsync());
        Assert.Single(_log.Lines);

        Assert.True(await _instants.ReachAsync(Lease(inMs: 0)));
        Assert.False(await LateAsync(), "Something was in time since.");
    }

    [Fact]
    public async Task Reach_ManyTooLateAfterAStandstill_GoBack()
    {
        Assert.False(await LateAsync());
        _time.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 10; i++)
        {
            Assert.False(await LateAsync());
        }
    }

    [Fact]
    public async Task Reach_TooLateEachTimeAtASlowRate_BeginsInTheEnd()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.False(await LateAsync());
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.True(await LateAsync());
    }

    private ValueTask<bool> LateAsync() => _instants.ReachAsync(Lease(inMs: -20));

    private Attempt Lease(int inMs, int? late = 13)
    {
        var now = Now + (long)_store.Now.TotalMilliseconds;
        return new(
            new GrantedLease("a", 1, now + Math.Min(0, inMs), now + inMs, "W 1 0 0 0 0 = 0 0 - 0 - 5 1 0 1 default add h -", null, null, "", "-", late is { } ms ? TimeSpan.FromMilliseconds(ms) : null),
            "default", _time);
    }
}
