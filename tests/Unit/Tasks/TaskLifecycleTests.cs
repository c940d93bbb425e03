namespace TaskGrid.Tasks;

public sealed class TaskLifecycleTests
{
    private static readonly TaskHeader s_header = new("t", MaxAttempts: 3, RetryDelay: 1000, MaxRetryDelay: 5000);
    private static readonly TaskError s_error = new("X", "broken");

    /// <summary>Every pair of states, and whether a task may go from the first straight to the second: the diagram of docs/lifecycle.md.</summary>
    public static TheoryData<TaskState, TaskState, bool> Edges()
    {
        HashSet<(TaskState, TaskState)> legal =
        [
            (TaskState.Scheduled, TaskState.Queued), (TaskState.Scheduled, TaskState.Cancelled),
            (TaskState.Queued, TaskState.Running), (TaskState.Queued, TaskState.Cancelled),
            (TaskState.Running, TaskState.Succeeded), (TaskState.Running, TaskState.Failed), (TaskState.Running, TaskState.Cancelled),
            (TaskState.Running, TaskState.Retrying), (TaskState.Running, TaskState.Queued),
            (TaskState.Retrying, TaskState.Running), (TaskState.Retrying, TaskState.Cancelled),
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
        Assert.IsType(verdict, TaskLifecycle.After(new AttemptOutcome.Failed(s_error, permanent), s_header, attempt, 0.5));

    [Fact]
    public void After_Success_KeepsTheResult()
    {
        var result = JsonText.From(5);
        Assert.Equal(new Verdict.Succeed(result), TaskLifecycle.After(new AttemptOutcome.Succeeded(result), s_header, 1, 0.5));
    }

    [Fact]
    public void After_Cancellation_IsCancelledByRequest() =>
        Assert.Equal(new Verdict.Cancel("requested"), TaskLifecycle.After(new AttemptOutcome.Cancelled(), s_header, 1, 0.5));

    [Theory]
    [InlineData(1, 0.0, 0)]
    [InlineData(1, 0.5, 500)]
    [InlineData(2, 0.5, 1000)]
    [InlineData(3, 0.5, 2000)]
    [InlineData(4, 0.5, 2500)]
    [InlineData(1000, 0.999, 4995)]
    public void Backoff_Doubles_UpToTheCap(int attempt, double jitter, double milliseconds) =>
        Assert.Equal(milliseconds, TaskLifecycle.Backoff(s_header, attempt, jitter).TotalMilliseconds);

    [Fact]
    public void Backoff_AnyAttemptAndJitter_LiesWithinTheBounds()
    {
        var random = new Random(1);
        for (var i = 0; i < 100_000; i++)
        {
            var header = new TaskHeader("t", 1000, random.NextInt64(0, 1_000_000), random.NextInt64(0, 100_000_000));
            var delay = TaskLifecycle.Backoff(header, random.Next(1, 1000), random.NextDouble());
            Assert.InRange(delay, TimeSpan.Zero, TimeSpan.FromMilliseconds(header.MaxRetryDelay));
        }
    }
}
