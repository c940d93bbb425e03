namespace TaskGrid.Tasks;

/// <summary>What one attempt came to. Exceptions end here: from now on it is a value.</summary>
internal abstract record AttemptOutcome
{
    private AttemptOutcome()
    {
    }

    /// <summary>The handler returned.</summary>
    public sealed record Succeeded(JsonText Result) : AttemptOutcome;

    /// <summary>The handler failed; another attempt may help unless <paramref name="Permanent"/>.</summary>
    public sealed record Failed(TaskError Error, bool Permanent) : AttemptOutcome;

    /// <summary>The handler stopped because the task was cancelled.</summary>
    public sealed record Cancelled : AttemptOutcome;
}

/// <summary>What follows for the task.</summary>
internal abstract record Verdict
{
    private Verdict()
    {
    }

    public sealed record Succeed(JsonText Result) : Verdict;

    public sealed record Fail(TaskError Error) : Verdict;

    public sealed record Retry(TaskError Error, TimeSpan Delay) : Verdict;

    public sealed record Cancel(string Reason) : Verdict;
}

/// <summary>The one place that says how a task moves. Pure: no clock, no store, no randomness of its own.</summary>
internal static class TaskLifecycle
{
    private static readonly Dictionary<TaskState, TaskState[]> s_moves = new()
    {
        [TaskState.Scheduled] = [TaskState.Queued, TaskState.Cancelled],
        [TaskState.Queued] = [TaskState.Running, TaskState.Cancelled],
        [TaskState.Running] = [TaskState.Succeeded, TaskState.Failed, TaskState.Cancelled, TaskState.Retrying, TaskState.Queued],
        [TaskState.Retrying] = [TaskState.Running, TaskState.Cancelled],
        [TaskState.Succeeded] = [],
        [TaskState.Failed] = [],
        [TaskState.Cancelled] = [],
    };

    /// <summary>Whether a task may go from one state straight to another; Running to Queued is an attempt that did not count.</summary>
    public static bool CanMove(TaskState from, TaskState to) => s_moves[from].Contains(to);

    /// <summary>What an attempt's outcome means for its task.</summary>
    /// <param name="outcome">What it came to.</param>
    /// <param name="header">The task's options.</param>
    /// <param name="attempt">The attempt, 1-based.</param>
    /// <param name="jitter">From 0 (included) to 1: where in the backoff's range the retry lies.</param>
    public static Verdict After(AttemptOutcome outcome, TaskHeader header, int attempt, double jitter) => outcome switch
    {
        AttemptOutcome.Succeeded done => new Verdict.Succeed(done.Result),
        AttemptOutcome.Cancelled => new Verdict.Cancel("requested"),
        AttemptOutcome.Failed { Permanent: false } failed when attempt < header.MaxAttempts =>
            new Verdict.Retry(failed.Error, Backoff(header, attempt, jitter)),
        AttemptOutcome.Failed failed => new Verdict.Fail(failed.Error),
        _ => throw new InvalidOperationException($"There is no verdict on {outcome}."),
    };

    /// <summary>Exponential with full jitter: anywhere from nothing to the bound, which doubles with each attempt up to the cap.</summary>
    public static TimeSpan Backoff(TaskHeader header, int attempt, double jitter)
    {
        var bound = Math.Min(header.RetryDelay * Math.Pow(2, Math.Min(attempt - 1, 62)), header.MaxRetryDelay);
        return TimeSpan.FromMilliseconds(Math.Floor(bound * jitter));
    }
}
