using TaskGrid.Retries;

namespace TaskGrid.Tasks;

/// <summary>The lifecycle, or a copy of it with a mistake.</summary>
internal sealed record LifecycleRules(Func<AttemptOutcome, TaskSettings, int, double, Verdict> After, Func<TaskState, TaskState, bool> CanMove)
{
    public static readonly LifecycleRules Real = new((outcome, settings, attempt, jitter) => TaskLifecycle.After(outcome, new(settings), attempt, jitter), TaskLifecycle.CanMove);
}

/// <summary>Whether a verdict is what it must be.</summary>
internal delegate bool LifecycleLaw(LifecycleCase made, Verdict verdict, LifecycleRules rules);

/// <summary>What the documents promise of every attempt's end, each by itself.</summary>
internal static class LifecycleLaws
{
    public static readonly IReadOnlyDictionary<string, LifecycleLaw> All = new Dictionary<string, LifecycleLaw>
    {
        ["a permanent failure is never retried"] = (c, verdict, _) =>
            c.Outcome is not AttemptOutcome.Failed { Permanent: true } failed || verdict == new Verdict.Fail(failed.Error),
        ["nothing is retried after the last attempt"] = (c, verdict, _) =>
            verdict is not Verdict.Retry || !c.IsLast,
        ["what may be retried is, as long as attempts are left"] = (c, verdict, _) =>
            c.Outcome is not AttemptOutcome.Failed failed || !MayBeRetried(failed, c.Settings) || c.IsLast || verdict is Verdict.Retry retry && retry.Error == failed.Error,
        ["forever has no last attempt"] = (c, verdict, _) =>
            c.Settings.MaxAttempts != TaskSettings.Forever || c.Outcome is not AttemptOutcome.Failed failed || !MayBeRetried(failed, c.Settings) || verdict is Verdict.Retry,
        ["what may not be retried fails with its own error"] = (c, verdict, _) =>
            c.Outcome is not AttemptOutcome.Failed failed || (!c.IsLast && MayBeRetried(failed, c.Settings)) || verdict == new Verdict.Fail(failed.Error),
        ["a type of NeverRetryOn is never retried"] = (c, verdict, _) =>
            c.Outcome is not AttemptOutcome.Failed { Types: { } types } || !Meet(types, c.Settings.NeverRetryOn) || verdict is Verdict.Fail,
        ["with a RetryOn only its types are retried"] = (c, verdict, _) =>
            c.Outcome is not AttemptOutcome.Failed { Types: { } types } || c.Settings.RetryOn is not { Count: > 0 } only || Meet(types, only) || verdict is Verdict.Fail,
        ["the pause that a handler asks for wins over the backoff"] = (c, verdict, _) =>
            verdict is not Verdict.Retry retry || c.Outcome is not AttemptOutcome.Failed { RetryIn: { } asked } || retry.Delay == asked,
        ["the pause is otherwise that of the backoff"] = (c, verdict, _) =>
            verdict is not Verdict.Retry retry || c.Outcome is not AttemptOutcome.Failed { RetryIn: null }
            || retry.Delay == BackoffDelay.After(c.Settings.Backoff ?? new(), c.Attempt, c.Jitter),
        ["only failures are retried"] = (c, verdict, _) =>
            verdict is not Verdict.Retry || c.Outcome is AttemptOutcome.Failed,
        ["at most once never gives back what was interrupted"] = (c, verdict, _) =>
            c.Outcome is not AttemptOutcome.Interrupted || c.Settings.Delivery != Delivery.AtMostOnce || verdict is Verdict.Fail { Error.Type: ErrorCodes.Interrupted },
        ["at least once gives back what was interrupted"] = (c, verdict, _) =>
            c.Outcome is not AttemptOutcome.Interrupted || c.Settings.Delivery == Delivery.AtMostOnce || verdict is Verdict.GiveBack,
        ["what was rejected is given back"] = (c, verdict, _) =>
            c.Outcome is not AttemptOutcome.Rejected || verdict is Verdict.GiveBack,
        ["what was snoozed waits as long as asked"] = (c, verdict, _) =>
            c.Outcome is not AttemptOutcome.Snoozed snoozed || verdict == new Verdict.Snooze(snoozed.Delay),
        ["what was cancelled is cancelled for its reason"] = (c, verdict, _) =>
            c.Outcome is not AttemptOutcome.Cancelled cancelled || verdict == new Verdict.Cancel(cancelled.Reason),
        ["a result is kept unless it is ignored"] = (c, verdict, _) =>
            c.Outcome is not AttemptOutcome.Succeeded done || verdict == new Verdict.Succeed(c.Settings.IgnoreResult == true ? default : done.Result),
        ["a running task may go where the verdict sends it"] = (_, verdict, rules) =>
            rules.CanMove(TaskState.Running, StateAfter(verdict)),
    };

    private static bool MayBeRetried(AttemptOutcome.Failed failed, TaskSettings settings) => failed switch
    {
        { Permanent: true } => false,
        // Limits and heartbeats are no exceptions, so they have no type to choose by.
        { Types: null } => true,
        { Types: { } types } => !Meet(types, settings.NeverRetryOn) && (settings.RetryOn is null or { Count: 0 } || Meet(types, settings.RetryOn)),
    };

    private static bool Meet(IReadOnlyList<string> types, IReadOnlyList<string>? named) => named is not null && types.Intersect(named).Any();

    private static TaskState StateAfter(Verdict verdict) => verdict switch
    {
        Verdict.Succeed => TaskState.Succeeded,
        Verdict.Fail => TaskState.Failed,
        Verdict.Retry => TaskState.Retrying,
        Verdict.Cancel => TaskState.Cancelled,
        Verdict.Snooze => TaskState.Scheduled,
        Verdict.GiveBack => TaskState.Queued,
        _ => throw new InvalidOperationException($"There is no state after {verdict}."),
    };
}
