using Microsoft.Extensions.Time.Testing;
using TaskGrid.Tasks;

namespace TaskGrid.Workers;

public sealed class LeaseComparisonTests
{
    private const long Now = 1_800_000_000_000;

    [Theory]
    [InlineData(0, false, nameof(LeaseFinding.Known))]
    [InlineData(8000, false, nameof(LeaseFinding.Known))]
    [InlineData(8001, false, nameof(LeaseFinding.Lost))]
    [InlineData(0, true, nameof(LeaseFinding.Lost))]
    public void Of_ALeaseThatIsNotHere_IsLostOnceNothingBringsItAnyMore(int age, bool nothingComes, string finding)
    {
        Assert.Equal(finding, $"{LeaseComparison.Of(Stored(1, age), null, Now, nothingComes)}");
        Assert.Equal(finding, $"{LeaseComparison.Of(Stored(1, age), Held(token: 2), Now, nothingComes)}");
    }

    [Theory]
    [InlineData(false, nameof(LeaseFinding.Known))]
    [InlineData(true, nameof(LeaseFinding.ToCancel))]
    public void Of_ALeaseThatIsHere_SaysWhetherItIsToBeCancelled(bool cancelled, string finding) =>
        Assert.Equal(finding, $"{LeaseComparison.Of(Stored(1, 60_000, cancelled), Held(token: 1), Now, nothingComes: true)}");

    private static LeaseLine Stored(long token, int age, bool cancelled = false) => new(token, "s~1", 1, Now - age, true, cancelled);

    private static Attempt Held(long token) =>
        new(new("a", token, 0, 0, "W 1 0 0 0 0 = 0 0 - 0 - 5 1 0 1 default add h -", null, null, "", "-"), "default", new FakeTimeProvider());
}
