using System.Reflection;
using TaskGrid.Handlers;
using TaskGrid.Tasks;

namespace TaskGrid.Workers;

public sealed class ThrownOutcomeTests
{
    private static readonly ResolvedSettings s_settings = new(new() { SoftTimeLimit = TimeSpan.FromSeconds(5) });

    [Fact]
    public void Of_AnException_FailsWithItsTypeAndThoseItDerivesFrom()
    {
        var failed = Failed(new FileNotFoundException("gone"));

        Assert.Equal(("System.IO.FileNotFoundException", "gone", false), (failed.Error.Type, failed.Error.Message, failed.Permanent));
        Assert.Equal(["System.IO.FileNotFoundException", "System.IO.IOException", "System.SystemException", "System.Exception"], failed.Types);
    }

    [Fact]
    public void Of_AWrappedException_FailsAsWhatItWraps()
    {
        var failed = Failed(new TargetInvocationException(new AggregateException(new FormatException("odd"))));

        Assert.Equal(("System.FormatException", "odd"), (failed.Error.Type, failed.Error.Message));
        Assert.Contains("System.FormatException", failed.Types!);
        Assert.Contains(nameof(TargetInvocationException), failed.Error.Stack, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_SeveralExceptions_FailsAsTheirAggregate() =>
        Assert.Equal("System.AggregateException", Failed(new AggregateException(new FormatException(), new IOException())).Error.Type);

    [Theory]
    [InlineData(StopReason.CancelRequested, typeof(AttemptOutcome.Cancelled))]
    [InlineData(StopReason.Interrupted, typeof(AttemptOutcome.Interrupted))]
    [InlineData(StopReason.SoftTimeLimit, typeof(AttemptOutcome.Failed))]
    [InlineData(StopReason.None, typeof(AttemptOutcome.Failed))]
    public void Of_Cancellation_IsWhatTheTokenFiredFor(StopReason reason, Type outcome)
    {
        Assert.IsType(outcome, ThrownOutcome.Of(new TaskCanceledException(), reason, s_settings));
        Assert.IsType(outcome, ThrownOutcome.Of(new AggregateException(new OperationCanceledException()), reason, s_settings));
    }

    [Fact]
    public void Of_CancellationAtTheSoftTimeLimit_IsRetriedWhateverTypesAre()
    {
        var failed = Failed(new OperationCanceledException(), StopReason.SoftTimeLimit);

        Assert.Equal((ErrorCodes.TimeLimitExceeded, false), (failed.Error.Type, failed.Permanent));
        Assert.Contains("soft", failed.Error.Message, StringComparison.Ordinal);
        Assert.Null(failed.Types);
    }

    [Fact]
    public void Of_AnotherExceptionAtTheSoftTimeLimit_FailsAsItself() =>
        Assert.Equal("System.FormatException", Failed(new FormatException(), StopReason.SoftTimeLimit).Error.Type);

    [Fact]
    public void Of_AnyExceptionOnceInterrupted_CountsNothing()
    {
        Assert.IsType<AttemptOutcome.Interrupted>(Of(new InvalidOperationException(), StopReason.Interrupted));
        Assert.IsType<AttemptOutcome.Interrupted>(Of(new RetryTaskException(TimeSpan.FromSeconds(1)), StopReason.Interrupted));
    }

    [Theory]
    [InlineData(StopReason.None)]
    [InlineData(StopReason.Interrupted)]
    [InlineData(StopReason.SoftTimeLimit)]
    public void Of_AControlException_IsWhatItSays(StopReason reason)
    {
        Assert.Equal(new AttemptOutcome.Snoozed(TimeSpan.FromSeconds(3)), Of(new SnoozeTaskException(TimeSpan.FromSeconds(3)), reason));
        Assert.Equal(new AttemptOutcome.Rejected(), Of(new RejectTaskException(), reason));
        Assert.Equal(new AttemptOutcome.Cancelled("no-longer.needed"), Of(new CancelTaskException("no-longer.needed"), reason));
        Assert.Equal(new AttemptOutcome.Rejected(), Of(new AggregateException(new RejectTaskException()), reason));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("two words")]
    [InlineData("naïve")]
    public void Of_ACancelWithAnInvalidReason_IsByRequest(string reason)
    {
        Assert.Equal(new AttemptOutcome.Cancelled("requested"), Of(new CancelTaskException(reason)));
        Assert.Equal(new AttemptOutcome.Cancelled("requested"), Of(new CancelTaskException(new string('x', 101))));
        Assert.Equal(new AttemptOutcome.Cancelled(new string('x', 100)), Of(new CancelTaskException(new string('x', 100))));
    }

    [Fact]
    public void Of_ARetryWithACause_FailsAsTheCauseAndIsRetriedWhateverItsType()
    {
        var failed = Failed(new RetryTaskException(TimeSpan.FromMinutes(2), new IOException("busy")));

        Assert.Equal(("System.IO.IOException", "busy", false, TimeSpan.FromMinutes(2)), (failed.Error.Type, failed.Error.Message, failed.Permanent, failed.RetryIn));
        Assert.Null(failed.Types);
        Assert.Equal("TaskGrid.RetryTaskException", Failed(new RetryTaskException(TimeSpan.Zero)).Error.Type);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3651L * 24 * 3600 * 1000)]
    public void Of_APauseOutOfBounds_FailsForGood(long milliseconds)
    {
        var pause = TimeSpan.FromMilliseconds(milliseconds);
        foreach (var failed in new[] { Failed(new RetryTaskException(pause)), Failed(new SnoozeTaskException(pause)) })
        {
            Assert.Equal((ErrorCodes.InvalidDelay, true), (failed.Error.Type, failed.Permanent));
            Assert.Contains($"{pause}", failed.Error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Of_APermanentFailure_HasItsOwnMessageAndTheTypeOfItsCause()
    {
        var failed = Failed(new PermanentFailureException("no use", new FormatException("odd")));

        Assert.Equal(("System.FormatException", "no use", true), (failed.Error.Type, failed.Error.Message, failed.Permanent));
    }

    [Fact]
    public void Of_AResultThatCannotBeWritten_FailsForGoodUnlessNobodyWantsIt()
    {
        var failed = Failed(new ResultNotSerializableException("a cycle"));

        Assert.Equal((ErrorCodes.ResultNotSerializable, true), (failed.Error.Type, failed.Permanent));
        Assert.IsType<AttemptOutcome.Succeeded>(ThrownOutcome.Of(new ResultNotSerializableException("a cycle"), StopReason.None, new(new() { IgnoreResult = true })));
    }

    [Fact]
    public void Of_AnExceptionThatThrowsItself_FailsAllTheSame() =>
        Assert.Equal(typeof(Hostile).FullName, Failed(new Hostile()).Error.Type);

    [Fact]
    public void Of_AnExceptionWithoutText_FailsAllTheSame() =>
        Assert.Equal((typeof(Mute).FullName, "", ""), (Failed(new Mute()).Error.Type, Failed(new Mute()).Error.Message, Failed(new Mute()).Error.Stack));

    [Fact]
    public void Of_ALongMessage_IsCutBetweenCharacters() =>
        Assert.Equal(4095, Failed(new FormatException(new string('x', 4095) + "🌍")).Error.Message.Length);

    private static AttemptOutcome Of(Exception e, StopReason reason = StopReason.None) => ThrownOutcome.Of(e, reason, s_settings);

    private static AttemptOutcome.Failed Failed(Exception e, StopReason reason = StopReason.None) => Assert.IsType<AttemptOutcome.Failed>(Of(e, reason));

#pragma warning disable CA1032, CA1064 // Nothing else is to be made of it.
    private sealed class Hostile : Exception
    {
        public override string Message => throw new InvalidOperationException();

        public override string ToString() => throw new InvalidOperationException();
    }

    private sealed class Mute : Exception
    {
        public override string Message => null!;

        public override string ToString() => null!;
    }
#pragma warning restore CA1032, CA1064
}
