namespace TaskGrid.Workers;

public sealed class ReluctanceTests
{
    private readonly Reluctance _reluctance = new();

    [Fact]
    public void PassesOn_ATaskOfWhichNothingIsKnown_IsFalse() => Assert.False(_reluctance.PassesOn("a", codeStillRuns: false));

    [Fact]
    public void PassesOn_WhileItsCodeRuns_IsTrueThreeTimesAndThenAgain()
    {
        bool[] twice = [true, true, true, false, true, true, true, false];

        Assert.Equal(twice, twice.Select(_ => _reluctance.PassesOn("a", codeStillRuns: true)));
    }

    [Fact]
    public void PassesOn_AfterARejection_IsTrueOnce()
    {
        _reluctance.AfterRejection("a");

        Assert.False(_reluctance.PassesOn("b", codeStillRuns: false));
        Assert.True(_reluctance.PassesOn("a", codeStillRuns: false));
        Assert.False(_reluctance.PassesOn("a", codeStillRuns: false));
        Assert.False(_reluctance.PassesOn("a", codeStillRuns: false));
    }

    [Fact]
    public void Forget_WhenTheCodeHasEnded_IsTheEndOfIt()
    {
        _reluctance.PassesOn("a", codeStillRuns: true);

        _reluctance.Forget("a");

        Assert.False(_reluctance.PassesOn("a", codeStillRuns: false));
    }

    [Fact]
    public void AfterRejection_OfVeryManyTasks_ForgetsTheEarlierOnes()
    {
        for (var i = 0; i <= 1000; i++)
        {
            _reluctance.AfterRejection($"t{i}");
        }

        Assert.False(_reluctance.PassesOn("t0", codeStillRuns: false));
        Assert.True(_reluctance.PassesOn("t1000", codeStillRuns: false));
    }
}
