using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults;

/// <summary>A checker that accepts everything proves nothing: it has to reject logs that tell of each fault.</summary>
public sealed class CheckerTests
{
    [Fact]
    public void Of_AnAcknowledgedIdThatNeverRan_IsLost() => Assert.Equal(["b"], Check(["a", "b"], Run("a", 1, 0, 1)).Lost);

    [Fact]
    public void Of_AnIdThatNobodySubmitted_IsUnexpected() => Assert.Equal(["x"], Check(["a"], Run("a", 1, 0, 1), Run("x", 1, 0, 1)).Unexpected);

    [Fact]
    public void Of_TwoRunsAliveAtOnce_Overlap() => Assert.Single(Check(["a"], Run("a", 1, 0, 2), Run("a", 2, 1, 3)).Overlaps);

    [Fact]
    public void Of_ARunWithoutEndInAProcessThatLives_Overlaps() => Assert.Single(Check(["a"], Run("a", 1, 0, null, pid: 8), Run("a", 2, 9, 10)).Overlaps);

    [Fact]
    public void Of_ARunThatDiedBeforeTheNextBegan_IsARepetition()
    {
        var findings = Check(["a"], Run("a", 1, 0, null, pid: 7), Run("a", 2, 9, 10));
        Assert.Empty(findings.Overlaps);
        Assert.Equal(1, findings.Repeated);
    }

    [Fact]
    public void Of_ARunThatBeganBeforeTheFormerOnesDeath_Overlaps() => Assert.Single(Check(["a"], Run("a", 1, 0, null, pid: 7), Run("a", 2, 4, 10)).Overlaps);

    // Process 7 died at second 5.
    private static Findings Check(string[] ids, params Execution[] executions) =>
        Findings.Of(ids, ids, executions, new Dictionary<int, TimeSpan> { [7] = TimeSpan.FromSeconds(5) });

    private static Execution Run(string id, long token, int start, int? end, int pid = 1) =>
        new(id, 1, token, pid, TimeSpan.FromSeconds(start), end is { } at ? TimeSpan.FromSeconds(at) : null);
}
