using TaskGrid.Retries;

namespace TaskGrid.Unit.Retries;

public sealed class BackoffDelayTests
{
    private static readonly Backoff s_exponential = Backoff.Exponential(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));

    [Theory]
    [InlineData(1, 0.0, 0)]
    [InlineData(1, 0.5, 500)]
    [InlineData(2, 0.5, 1000)]
    [InlineData(3, 0.5, 2000)]
    [InlineData(4, 0.5, 2500)]
    [InlineData(1_000_000, 0.999, 4995)]
    public void After_Exponential_DoublesUpToTheCap(int failed, double jitter, double milliseconds) =>
        Assert.Equal(milliseconds, BackoffDelay.After(s_exponential, failed, jitter).TotalMilliseconds);

    [Theory]
    [InlineData(1, 2000)]
    [InlineData(2, 4000)]
    [InlineData(150, 300_000)]
    public void After_LinearWithoutJitter_GrowsByTheFirst(int failed, double milliseconds) =>
        Assert.Equal(milliseconds, BackoffDelay.After(Backoff.Linear(TimeSpan.FromSeconds(2)) with { Jitter = false }, failed, 0.1).TotalMilliseconds);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void After_Fixed_IsAlwaysTheSame(int failed) => Assert.Equal(TimeSpan.FromHours(1), BackoffDelay.After(Backoff.Fixed(TimeSpan.FromHours(1)), failed, 0.1));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 30)]
    [InlineData(9, 30)]
    public void After_ExplicitDelays_RepeatsTheLast(int failed, double seconds) =>
        Assert.Equal(seconds, BackoffDelay.After(Backoff.Explicit(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)), failed, 0.1).TotalSeconds);
}
