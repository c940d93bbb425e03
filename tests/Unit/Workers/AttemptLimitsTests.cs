using TaskGrid.Tasks;

namespace TaskGrid.Workers;

public sealed class AttemptLimitsTests
{
    private static readonly AttemptLimits s_none = AttemptLimits.Of(new(new()), deadline: null);

    [Theory]
    [InlineData(StopReason.None)]
    [InlineData(StopReason.Interrupted)]
    public void Next_WithoutLimits_IsNothing(StopReason reason) => Assert.Null(s_none.Next(reason, Seconds(5), cancelledAt: null));

    [Fact]
    public void Next_AfterACancelWithoutLimits_IsTheEndOfItsGrace() =>
        Assert.Equal(new AttemptInstant(Seconds(37), StopReason.CancelRequested), s_none.Next(StopReason.CancelRequested, Seconds(0), Seconds(7)));

    [Fact]
    public void Next_AfterACancelOfAnInterruptedAttempt_IsTheEndOfItsGrace() =>
        Assert.Equal(new AttemptInstant(Seconds(37), StopReason.CancelRequested), s_none.Next(StopReason.Interrupted, Seconds(0), Seconds(7)));

    [Fact]
    public void Next_WithEveryLimit_IsTheEarliest()
    {
        var limits = new AttemptLimits(Seconds(10), Seconds(20), Seconds(8), Seconds(30), Seconds(5));

        Assert.Equal(new(Seconds(8), StopReason.HeartbeatTimeout), limits.Next(StopReason.None, Seconds(0), null));
        Assert.Equal(new(Seconds(10), StopReason.SoftTimeLimit), limits.Next(StopReason.None, Seconds(3), null));
        Assert.Equal(new(Seconds(17), StopReason.HeartbeatTimeout), limits.Next(StopReason.SoftTimeLimit, Seconds(9), null));
        Assert.Equal(new(Seconds(20), StopReason.TimeLimit), limits.Next(StopReason.SoftTimeLimit, Seconds(19), null));
        Assert.Equal(new(Seconds(16), StopReason.CancelRequested), limits.Next(StopReason.CancelRequested, Seconds(9), Seconds(11)));
        Assert.Equal(new(Seconds(20), StopReason.TimeLimit), limits.Next(StopReason.CancelRequested, Seconds(9), Seconds(19)));
        Assert.Equal(new(Seconds(30), StopReason.Deadline), (limits with { Hard = null }).Next(StopReason.Interrupted, Seconds(9), null));
    }

    [Fact]
    public void Next_OnceToldToStop_ExpectsNoHeartbeatAndHasNoSoftLimit()
    {
        var limits = new AttemptLimits(Seconds(10), null, Seconds(8), null, Seconds(30));

        Assert.Null(limits.Next(StopReason.Interrupted, Seconds(0), null));
        Assert.Equal(StopReason.CancelRequested, limits.Next(StopReason.CancelRequested, Seconds(0), Seconds(1))!.Value.Reason);
    }

    [Fact]
    public void Next_WithTwoAtTheSameInstant_IsTheOneThatLeavesLess()
    {
        var limits = new AttemptLimits(null, Seconds(10), Seconds(10), Seconds(10), Seconds(0));

        Assert.Equal(StopReason.Deadline, limits.Next(StopReason.None, Seconds(0), Seconds(10))!.Value.Reason);
        Assert.Equal(StopReason.CancelRequested, (limits with { Deadline = null }).Next(StopReason.None, Seconds(0), Seconds(10))!.Value.Reason);
        Assert.Equal(StopReason.TimeLimit, (limits with { Deadline = null }).Next(StopReason.None, Seconds(0), null)!.Value.Reason);
    }

    [Fact]
    public void IsOver_OfEachReason_IsFalseForTheSoftLimitAlone()
    {
        Assert.False(new AttemptInstant(default, StopReason.SoftTimeLimit).IsOver);
        Assert.All([StopReason.TimeLimit, StopReason.Deadline, StopReason.HeartbeatTimeout, StopReason.CancelRequested], r => Assert.True(new AttemptInstant(default, r).IsOver));
    }

    [Theory]
    [InlineData(StopReason.TimeLimit, ErrorCodes.TimeLimitExceeded, false)]
    [InlineData(StopReason.HeartbeatTimeout, ErrorCodes.HeartbeatTimeout, false)]
    [InlineData(StopReason.Deadline, ErrorCodes.DeadlineExceeded, true)]
    public void OutcomeOf_ALimit_IsAFailureOfNoType(StopReason reason, string error, bool permanent)
    {
        var failed = Assert.IsType<AttemptOutcome.Failed>(s_none.OutcomeOf(reason));

        Assert.Equal((error, permanent), (failed.Error.Type, failed.Permanent));
        Assert.Null(failed.Types);
    }

    [Fact]
    public void OutcomeOf_ACancelThatWasIgnored_IsCancelled() =>
        Assert.Equal(new AttemptOutcome.Cancelled("requested"), s_none.OutcomeOf(StopReason.CancelRequested));

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
