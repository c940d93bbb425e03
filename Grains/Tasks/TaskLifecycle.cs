using TaskGrid.Retries;

namespace TaskGrid.Tasks;

/// <summary>What one attempt came to. Exceptions end here: from now on it is a value.</summary>
internal abstract record AttemptOutcome
{
    private AttemptOutcome()
    {
    }

    /// <summary>The handler returned.</summary>
    public sealed record Succeeded(JsonText Result) : AttemptOutcome;

    /// <summary>The attempt failed; another one may help unless <paramref name="Permanent"/>.</summary>
    /// <param name="Error">What went wrong.</param>
    /// <param name="Permanent">Whether another attempt is out of the question.</param>
    /// <param name="Types">The full names of the exception's type and its bases; none for the grid's own errors, and where the handler itself asked for another attempt.</param>
    /// <param name="RetryIn">The pause that the handler asked for instead of the backoff's.</param>
    public sealed record Failed(TaskError Error, bool Permanent, IReadOnlyList<string>? Types = null, TimeSpan? RetryIn = null) : AttemptOutcome;

    /// <summary>The handler stopped because the task was cancelled, or cancelled it itself.</summary>
    public sealed record Cancelled(string Reason = "requested") : AttemptOutcome;

    /// <summary>The handler asked to be run later; nothing is counted.</summary>
    public sealed record Snoozed(TimeSpan Delay) : AttemptOutcome;

    /// <summary>The handler gave the task back: it runs again, however it is delivered, since the handler knows what it has done.</summary>
    public sealed record Rejected : AttemptOutcome;

    /// <summary>It has no outcome: it was cut off. It runs again, unless it must not.</summary>
    public sealed record Interrupted : AttemptOutcome;
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

    public sealed record Snooze(TimeSpan Delay) : Verdict;

    /// <summary>The lease goes back and the task keeps its place.</summary>
    public sealed record GiveBack : Verdict;
}

/// <summary>The one place that says how a task moves. Pure: no clock, no store, no randomness of its own.</summary>
internal static class TaskLifecycle
{
    private static readonly Dictionary<TaskState, TaskState[]> s_moves = new()
    {
        [TaskState.Scheduled] = [TaskState.Queued, TaskState.Cancelled, TaskState.Failed],
        [TaskState.Queued] = [TaskState.Running, TaskState.Cancelled, TaskState.Failed, TaskState.Scheduled],
        [TaskState.Running] =
        [
            TaskState.Succeeded, TaskState.Failed, TaskState.Cancelled, TaskState.Retrying, TaskState.Queued, TaskState.Scheduled,
        ],
        [TaskState.Retrying] = [TaskState.Running, TaskState.Cancelled, TaskState.Failed],
        [TaskState.Succeeded] = [],
        [TaskState.Failed] = [TaskState.Queued],
        [TaskState.Cancelled] = [TaskState.Queued],
    };

    /// <summary>
    /// Whether a task may go from one state straight to another. Running to Queued is an attempt that did not count, Running to
    /// Scheduled a snoozed one, and a final state is left by a retry by hand only.
    /// </summary>
    public static bool CanMove(TaskState from, TaskState to) => s_moves[from].Contains(to);

    /// <summary>What an attempt's outcome means for its task.</summary>
    /// <param name="outcome">What it came to.</param>
    /// <param name="settings">The task's settings, resolved.</param>
    /// <param name="attempt">The attempt, 1-based, counted from the last retry by hand.</param>
    /// <param name="jitter">From 0 (included) to 1: where in the backoff's range the retry lies.</param>
    public static Verdict After(AttemptOutcome outcome, ResolvedSettings settings, int attempt, double jitter) => outcome switch
    {
        AttemptOutcome.Succeeded done => new Verdict.Succeed(settings.IgnoreResult ? default : done.Result),
        AttemptOutcome.Cancelled cancelled => new Verdict.Cancel(cancelled.Reason),
        AttemptOutcome.Snoozed snoozed => new Verdict.Snooze(snoozed.Delay),
        AttemptOutcome.Failed failed when attempt < settings.MaxAttempts && IsWorthARetry(failed, settings) =>
            new Verdict.Retry(failed.Error, failed.RetryIn ?? BackoffDelay.After(settings.Backoff, attempt, jitter)),
        AttemptOutcome.Failed failed => new Verdict.Fail(failed.Error),
        AttemptOutcome.Interrupted when settings.Delivery == Delivery.AtMostOnce =>
            new Verdict.Fail(new(ErrorCodes.Interrupted, "Its attempt was interrupted, and it is delivered at most once.")),
        AttemptOutcome.Interrupted or AttemptOutcome.Rejected => new Verdict.GiveBack(),
        _ => throw new InvalidOperationException($"There is no verdict on {outcome}."),
    };

    private static bool IsWorthARetry(AttemptOutcome.Failed failed, ResolvedSettings settings)
    {
        if (failed.Permanent)
        {
            return false;
        }

        // The grid's own errors (a time limit, a lost heartbeat) are of no type, and retried; so is what the handler wants retried.
        return failed.Types is not { } types
            || ((settings.RetryOn is not { Count: > 0 } only || types.Any(only.Contains)) && settings.NeverRetryOn?.Any(types.Contains) != true);
    }
}
