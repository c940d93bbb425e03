using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults;

/// <summary>What counts what runs and starts has to count what is too much.</summary>
public sealed class LoadTests
{
    [Fact]
    public void MostAtOnce_ThreeThatOverlap_IsThree() => Assert.Equal(3, Most(Run(0, 4), Run(1, 3), Run(2, 5), Run(6, 7)));

    [Fact]
    public void MostAtOnce_OneBeginsWhenAnotherEnds_IsOne() => Assert.Equal(1, Most(Run(0, 1), Run(1, 2)));

    [Fact]
    public void MostAtOnce_ARunThatDiedWithItsProcess_CountsUntilThen()
    {
        Assert.Equal(2, Most(Run(0, null, pid: 7), Run(4, 6)));
        Assert.Equal(1, Most(Run(0, null, pid: 7), Run(5, 6)));
    }

    [Fact]
    public void MostAtOnce_ARunThatNeverEnded_CountsForEver() => Assert.Equal(2, Most(Run(0, null), Run(1000, 1001)));

    [Fact]
    public void MostAtOnce_OfASpan_LeavesOutWhatWasOverBeforeAndBeganAfter() =>
        Assert.Equal(1, Load.MostAtOnce([Run(0, 2), Run(1, 2), Run(3, 6), Run(5, 9), Run(5, 9)], s_deaths, At(2), At(5)));

    [Fact]
    public void MostWithin_StartsAtBothEndsOfAWindow_CountsOneEnd() => Assert.Equal(2, Load.MostWithin([At(0), At(1), At(2), At(3)], At(2)));

    [Fact]
    public void MostWithin_AClusterInTheMiddle_IsFound() => Assert.Equal(3, Load.MostWithin([At(9), At(0), At(4), At(5), At(5)], At(2)));

    // Process 7 died at second 5.
    private static readonly Dictionary<int, TimeSpan> s_deaths = new() { [7] = At(5) };

    private static int Most(params Execution[] runs) => Load.MostAtOnce(runs, s_deaths);

    private static Execution Run(int start, int? end, int pid = 1) => new("a", 1, 1, pid, At(start), end is { } at ? At(at) : null);

    private static TimeSpan At(int second) => TimeSpan.FromSeconds(second);
}
