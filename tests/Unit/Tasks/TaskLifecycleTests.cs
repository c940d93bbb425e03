namespace TaskGrid.Tasks;

public sealed class TaskLifecycleTests
{
    private static readonly ResolvedSettings s_settings = new(new() { Backoff = Backoff.Exponential(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)) });
    private static readonly TaskError s_error = new("X", "broken");

    /// <summary>Every pair of states, and whether a task may go from the first straight to the second: the diagram of docs/lifecycle.md.</summary>
    public static TheoryData<TaskState, TaskState, bool> Edges()
    {
        HashSet<(TaskState, TaskState)> legal =
        [
            (TaskState.Scheduled, TaskState.Queued), (TaskState.Scheduled, TaskState.Cancelled), (TaskState.Scheduled, TaskState.Failed),
            (TaskState.Queued, TaskState.Running), (TaskState.Queued, TaskState.Cancelled), (TaskState.Queued, TaskState.Failed), (TaskState.Queued, TaskState.Scheduled),
            (TaskState.Running, TaskState.Succeeded), (TaskState.Running, TaskState.Failed), (TaskState.Running, TaskState.Cancelled),
            (TaskState.Running, TaskState.Retrying), (TaskState.Running, TaskState.Queued), (TaskState.Running, TaskState.Scheduled),
            (TaskState.Retrying, TaskState.Running), (TaskState.Retrying, TaskState.Cancelled), (TaskState.Retrying, TaskState.Failed),
            (TaskState.Failed, TaskState.Queued), (TaskState.Cancelled, TaskState.Queued),
        ];
        var data = new TheoryData<TaskState, TaskState, bool>();
        foreach (var from in Enum.GetValues<TaskState>())
        {
            foreach (var to in Enum.GetValues<TaskState>())
            {
                data.Add(from, to, legal.Contains((from, to)));
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public void CanMove_EachPairOfStates_IsAsInTheDiagram(TaskState from, TaskState to, bool legal) =>
        Assert.Equal(legal, TaskLifecycle.CanMove(from, to));

    [Fact]
    public void CanMove_EachEdge_IsDrawnInTheDiagram()
    {
        var diagram = File.ReadAllText(Path.Combine(Repository.Root, "docs", "lifecycle.md"));
        foreach (var row in Edges().Where(r => r.Data.Item3))
        {
            Assert.Contains($"{row.Data.Item1} --> {row.Data.Item2}", diagram, StringComparison.Ordinal);
        }

        Assert.Equal(Edges().Count(r => r.Data.Item3), diagram.Split('\n').Count(l => l.Contains(" --> ", StringComparison.Ordinal) && !l.Contains("[*]", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(1, false, typeof(Verdict.Retry))]
    [InlineData(2, false, typeof(Verdict.Retry))]
    [InlineData(3, false, typeof(Verdict.Fail))]
    [InlineData(4, false, typeof(Verdict.Fail))]
    [InlineData(1, true, typeof(Verdict.Fail))]
    public void After_AFailedAttempt_RetriesWhileAttemptsAreLeft(int attempt, bool permanent, Type verdict) =>
        Assert.IsType(verdict, TaskLifecycle.After(new AttemptOutcome.Failed(s_error, permanent), s_settings, attempt, 0.5));

    [Fact]
    public void After_Success_KeepsTheResult()
    {
        var result = JsonText.From(5);
        Assert.Equal(new Verdict.Succeed(result), TaskLifecycle.After(new AttemptOutcome.Succeeded(result), s_settings, 1, 0.5));
    }

    [Fact]
    public void After_Cancellation_IsCancelledByRequest() =>
        Assert.Equal(new Verdict.Cancel("requested"), TaskLifecycle.After(new AttemptOutcome.Cancelled(), s_settings, 1, 0.5));

    [Theory]
    [InlineData(null, null, typeof(Verdict.Retry))]
    [InlineData("B", null, typeof(Verdict.Retry))]
    [InlineData("C", null, typeof(Verdict.Fail))]
    [InlineData(null, "B", typeof(Verdict.Fail))]
    [InlineData(null, "C", typeof(Verdict.Retry))]
    [InlineData("A", "B", typeof(Verdict.Fail))]
    public void After_AFailureOfTypes_RetriesWhatTheSettingsNameAndNeverWhatTheyExclude(string? on, string? never, Type verdict)
    {
        var settings = new ResolvedSettings(new() { RetryOn = on is null ? null : [on], NeverRetryOn = never is null ? null : [never] });

        Assert.IsType(verdict, TaskLifecycle.After(new AttemptOutcome.Failed(s_error, false, ["A", "B"]), settings, 1, 0.5));
        Assert.IsType<Verdict.Retry>(TaskLifecycle.After(new AttemptOutcome.Failed(s_error, false), settings, 1, 0.5));
    }

    [Fact]
    public void After_ARetryThatWasAskedFor_WaitsAsLongAsWasAskedForWhileAttemptsAreLeft()
    {
        var asked = new AttemptOutcome.Failed(s_error, false, RetryIn: TimeSpan.FromDays(2));

        Assert.Equal(new Verdict.Retry(s_error, TimeSpan.FromDays(2)), TaskLifecycle.After(asked, s_settings, 2, 0.5));
        Assert.Equal(new Verdict.Fail(s_error), TaskLifecycle.After(asked, s_settings, 3, 0.5));
    }

    [Fact]
    public void After_WhatTheHandlerSaysItself_FollowsThatHoweverManyAttemptsThereWere()
    {
        Assert.Equal(new Verdict.Snooze(TimeSpan.FromHours(1)), TaskLifecycle.After(new AttemptOutcome.Snoozed(TimeSpan.FromHours(1)), s_settings, 99, 0.5));
        Assert.Equal(new Verdict.Cancel("obsolete"), TaskLifecycle.After(new AttemptOutcome.Cancelled("obsolete"), s_settings, 99, 0.5));
    }

    [Fact]
    public void After_AnInterruption_RunsAgainUnlessDeliveredAtMostOnce()
    {
        var once = new ResolvedSettings(new() { Delivery = Delivery.AtMostOnce });

        Assert.IsType<Verdict.GiveBack>(TaskLifecycle.After(new AttemptOutcome.Interrupted(), s_settings, 1, 0.5));
        Assert.Equal(ErrorCodes.Interrupted, Assert.IsType<Verdict.Fail>(TaskLifecycle.After(new AttemptOutcome.Interrupted(), once, 1, 0.5)).Error.Type);
    }

    [Fact]
    public void After_ARejection_GoesBackHoweverItIsDelivered()
    {
        Assert.IsType<Verdict.GiveBack>(TaskLifecycle.After(new AttemptOutcome.Rejected(), s_settings, 1, 0.5));
        Assert.IsType<Verdict.GiveBack>(TaskLifecycle.After(new AttemptOutcome.Rejected(), new(new() { Delivery = Delivery.AtMostOnce }), 1, 0.5));
    }

    [Fact]
    public void After_SuccessWhoseResultIsIgnored_KeepsNone() =>
        Assert.Equal(new Verdict.Succeed(default), TaskLifecycle.After(new AttemptOutcome.Succeeded(JsonText.From(5)), new(new() { IgnoreResult = true }), 1, 0.5));
}
