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
}
