using Microsoft.Extensions.Time.Testing;

namespace TaskGrid.Workers;

public sealed class BeginningTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SiloIncarnation _self;

    public BeginningTests() => _self = new(new SiloAddressStub(), _time);

    [Fact]
    public async Task Reach_OnASiloThatLives_IsReached()
    {
        var written = false;
        Assert.True(await ReachAsync(Lease("-"), () => { }, () => written = true));
        Assert.False(written, "Only what has to be is written first.");
        Assert.True(await ReachAsync(Lease("m"), () => { }, () => written = true));
        Assert.True(written);
    }

    [Fact]
    public async Task Reach_OfWhatIsWrittenFirst_CountsAsBegunOnceTheStoreMayKnow()
    {
        var attempt = Lease("m");
        var before = false;
        Assert.False(attempt.CountsAsBegun);
        Assert.True(await ReachAsync(attempt, () => before = attempt.CountsAsBegun, () => Assert.True(attempt.CountsAsBegun)));
        Assert.False(before);
        Assert.True(Lease("-").CountsAsBegun);
        Assert.EndsWith(" 0 0 -", Lease("m").LeaseText("s"), StringComparison.Ordinal);
        Assert.EndsWith(" 1 0 -", attempt.LeaseText("s"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reach_AfterASlowPreparation_IsNotReachedNorWritten()
    {
        var written = false;
        Assert.False(await ReachAsync(Lease("m"), TooLong, () => written = true));
        Assert.False(written);
    }

    [Fact]
    public async Task Reach_AfterAWriteThatTookTooLong_IsNotReached() => Assert.False(await ReachAsync(Lease("m"), () => { }, TooLong));

    [Fact]
    public async Task Reach_StoppedWhileItWasWritten_IsNotReached()
    {
        var attempt = Lease("m");
        Assert.False(await ReachAsync(attempt, () => { }, () => attempt.Stop(StopReason.CancelRequested)));
    }

    private void TooLong() => _time.Advance(SiloIncarnation.Lifetime + TimeSpan.FromMilliseconds(1));

    private ValueTask<bool> ReachAsync(Attempt attempt, Action prepare, Action write) => Beginning.ReachAsync(
        attempt, _self,
        () =>
        {
            prepare();
            return new(true);
        },
        () =>
        {
            write();
            return Task.FromResult(true);
        });

    private Attempt Lease(string flags) => new(new("a", 1, 0, 0, $"W 1 0 0 0 0 = 0 0 - 0 {flags} 5 1 0 1 default add h -", null, null, "", "-"), "default", _time);
}
