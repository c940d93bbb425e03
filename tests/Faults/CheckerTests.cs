using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults;

/// <summary>A checker that accepts everything proves nothing: it has to reject logs that tell of each fault.</summary>
public sealed class CheckerTests
{
    [Fact]
    public void Of_AnHonestLog_FindsNothing()
    {
        var ledger = Ledger.Of(["a", "b"]);
        ledger.Attempt("c");
        ledger.Acknowledge("k1", key: "key");
        ledger.Acknowledge("k1", key: "key");
        ledger.See("a", new(TaskState.Running));
        ledger.See("a", new(TaskState.Succeeded, Token: 2, Attempt: 1));
        ledger.See("a", new(TaskState.Succeeded, Token: 2, Attempt: 1));

        var findings = Check(ledger, Run("a", 1, 0, null, pid: 7), Run("a", 2, 9, 10), Run("b", 1, 0, 1), Run("k1", 1, 0, 1));
        findings.Check();
        Assert.Equal(1, findings.Repeated);
    }

    [Fact]
    public void Of_AnAcknowledgedIdThatNeverRan_IsLost() => Assert.Equal(["b"], Check(["a", "b"], Run("a", 1, 0, 1)).Lost);

    [Fact]
    public void Of_ATaskThatRanAndNeverEnded_IsLost() => Assert.Equal(["a"], Check(Told("a", new Seen(TaskState.Running)), Run("a", 1, 0, 1)).Lost);

    [Fact]
    public void Of_ASuccessThatNeverRan_IsLost() => Assert.Equal(["a"], Check(Told("a", new Seen(TaskState.Succeeded))).Lost);

    [Fact]
    public void Of_ACancelledTaskThatNeverRan_IsNotLost() => Assert.Empty(Check(Told("a", new Seen(TaskState.Cancelled))).Lost);

    [Theory]
    [InlineData(TaskState.Failed)]
    [InlineData(TaskState.Cancelled)]
    public void Of_ATaskThatEndedOtherwiseThanItShould_IsIllegal(TaskState end)
    {
        var ledger = Told("a", new Seen(end));
        Assert.Single(Check(ledger, Run("a", 1, 0, 1)).Illegal);
        ledger.Expect("a", end);
        Assert.Empty(Check(ledger, Run("a", 1, 0, 1)).Illegal);
    }

    [Fact]
    public void Of_ASuccessWithoutItsResult_IsStale() => Assert.Equal(["a"], Check(Told("a", new Seen(TaskState.Succeeded)), Run("a", 1, 0, 1)).Stale);

    [Fact]
    public void Of_ARunThatBeganTwice_TellsOfTwo()
    {
        var folder = Directory.CreateTempSubdirectory("taskgrid-log-");
        File.WriteAllLines(Path.Combine(folder.FullName, "7.log"), ["start a 1 5 100 0", "end a 1 5 200 0", "start a 1 5 300 0", "end a 1 5 400 0"]);
        var runs = ExecutionLog.Read(folder.FullName);
        folder.Delete(recursive: true);
        Assert.Equal(2, runs.Count(r => r.Completed));
        var findings = Check(Ledger.Of(["a"]), [.. runs]);
        Assert.Single(findings.Illegal);
        Assert.Equal(1, findings.Repeated);
    }

    [Fact]
    public void Of_ATaskThatTheStoreLost_IsNotLost()
    {
        var ledger = Ledger.Of(["a"]);
        ledger.Lose("a");
        Assert.Empty(Check(ledger).Lost);
    }

    [Fact]
    public void Of_AnIdThatNobodySubmitted_IsUnexpected() => Assert.Equal(["x"], Check(["a"], Run("a", 1, 0, 1), Run("x", 1, 0, 1)).Unexpected);

    [Fact]
    public void Of_AnIdWhoseSubmitWasNotAnswered_IsNeitherLostNorUnexpected()
    {
        var ledger = new Ledger();
        ledger.Attempt("a");
        Assert.Empty(Check(ledger).Lost);
        Assert.Empty(Check(ledger, Run("a", 1, 0, 1)).Unexpected);
    }

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

    [Fact]
    public void Of_AResultOfAnEarlierRunThanTheLast_IsStale() =>
        Assert.Equal(["a"], Check(Told("a", new Seen(TaskState.Succeeded, Token: 1)), Run("a", 1, 0, 1), Run("a", 2, 2, 3)).Stale);

    [Fact]
    public void Of_AResultOfARunThatWasStopped_IsStale() =>
        Assert.Equal(["a"], Check(Told("a", new Seen(TaskState.Succeeded, Token: 1)), Run("a", 1, 0, 1) with { WasStopped = true }).Stale);

    [Fact]
    public void Of_AResultOfARunThatNeverWas_IsStale() => Assert.Equal(["a"], Check(Told("a", new Seen(TaskState.Succeeded, Token: 3)), Run("a", 1, 0, 1)).Stale);

    [Fact]
    public void Of_AKeyThatWasAnsweredWithTwoIds_IsDoubled()
    {
        var ledger = new Ledger();
        ledger.Acknowledge("a", key: "key");
        ledger.Acknowledge("b", key: "key");
        ledger.Acknowledge("c", key: "other");
        Assert.Equal(["key"], Check(ledger).Doubled);
    }

    [Fact]
    public void Of_AFinalStateThatChanged_IsIllegal() =>
        Assert.Single(Check(Told("a", new Seen(TaskState.Succeeded, Token: 1), new Seen(TaskState.Queued)), Run("a", 1, 0, 1)).Illegal);

    [Fact]
    public void Of_AResultThatChanged_IsIllegal() =>
        Assert.Single(Check(Told("a", new Seen(TaskState.Succeeded, Token: 1), new Seen(TaskState.Succeeded, Token: 2)), Run("a", 1, 0, 1), Run("a", 2, 3, 4)).Illegal);

    [Fact]
    public void Of_AnAttemptTooMany_IsIllegal() => Assert.Single(Check(Told("a", new Seen(TaskState.Succeeded, Token: 1, Attempt: 4)), Run("a", 1, 0, 1)).Illegal);

    [Fact]
    public void Of_ATokenThatWentBack_IsIllegal() => Assert.Single(Check(["a"], Run("a", 2, 0, 1), Run("a", 1, 2, 3)).Illegal);

    [Fact]
    public void Of_AnAttemptThatWentBack_IsIllegal() => Assert.Single(Check(["a"], Run("a", 1, 0, 1) with { Attempt = 2 }, Run("a", 2, 2, 3)).Illegal);

    private static Ledger Told(string id, params Seen[] states)
    {
        var ledger = Ledger.Of([id]);
        foreach (var state in states)
        {
            ledger.See(id, state);
        }

        return ledger;
    }

    private static Findings Check(string[] ids, params Execution[] executions) => Check(Ledger.Of(ids), executions);

    // Process 7 died at second 5.
    private static Findings Check(Ledger ledger, params Execution[] executions) =>
        Findings.Of(ledger, executions, new Dictionary<int, TimeSpan> { [7] = TimeSpan.FromSeconds(5) });

    private static Execution Run(string id, long token, int start, int? end, int pid = 1) =>
        new(id, 1, token, pid, TimeSpan.FromSeconds(start), end is { } at ? TimeSpan.FromSeconds(at) : null);
}
