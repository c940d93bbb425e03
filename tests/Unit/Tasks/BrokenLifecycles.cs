namespace TaskGrid.Tasks;

/// <summary>The lifecycle with one mistake each, as somebody might make it, and the law that has to notice.</summary>
internal static class BrokenLifecycles
{
    public static readonly IReadOnlyDictionary<string, (string Law, LifecycleRules Rules)> All = new Dictionary<string, (string, LifecycleRules)>
    {
        ["permanent failures count as any other"] = ("a permanent failure is never retried",
            Failures((f, _) => f with { Permanent = false })),
        ["MaxAttempts is the number of retries"] = ("nothing is retried after the last attempt",
            Settings(s => s with { MaxAttempts = s.MaxAttempts is { } max and < TaskSettings.Forever ? max + 1 : s.MaxAttempts })),
        ["the last attempt but one is the last"] = ("what may be retried is, as long as attempts are left",
            Settings(s => s.MaxAttempts is null or 1 or TaskSettings.Forever ? s : s with { MaxAttempts = s.MaxAttempts - 1 })),
        ["forever ends after a million"] = ("forever has no last attempt",
            Settings(s => s.MaxAttempts == TaskSettings.Forever ? s with { MaxAttempts = 1_000_000 } : s)),
        ["a list for retries names what is worth none"] = ("what may not be retried fails with its own error",
            Settings(s => s with { RetryOn = s.NeverRetryOn, NeverRetryOn = s.RetryOn })),
        ["the error of the last attempt is lost"] = ("what may not be retried fails with its own error",
            Verdicts((v, _) => v is Verdict.Fail fail ? new Verdict.Fail(fail.Error with { Message = "failed" }) : v)),
        ["NeverRetryOn is forgotten"] = ("a type of NeverRetryOn is never retried",
            Settings(s => s with { NeverRetryOn = null })),
        ["RetryOn is stronger than NeverRetryOn"] = ("a type of NeverRetryOn is never retried",
            Settings(s => s.RetryOn is { Count: > 0 } ? s with { NeverRetryOn = null } : s)),
        ["NeverRetryOn means the exact type"] = ("a type of NeverRetryOn is never retried",
            Failures((f, s) => s.NeverRetryOn is null ? f : f with { Types = f.Types?.Take(1).ToList() })),
        ["RetryOn is forgotten"] = ("with a RetryOn only its types are retried",
            Settings(s => s with { RetryOn = null })),
        ["RetryOn means the exact type"] = ("what may be retried is, as long as attempts are left",
            Failures((f, s) => s.RetryOn is null ? f : f with { Types = f.Types?.Take(1).ToList() })),
        ["an empty RetryOn names nothing"] = ("what may be retried is, as long as attempts are left",
            Settings(s => s.RetryOn is { Count: 0 } ? s with { RetryOn = ["none"] } : s)),
        ["time limits are of no type, so RetryOn excludes them"] = ("what may be retried is, as long as attempts are left",
            Failures((f, _) => f with { Types = f.Types ?? [] })),
        ["the backoff wins over the handler"] = ("the pause that a handler asks for wins over the backoff",
            Failures((f, _) => f with { RetryIn = null })),
        ["a pause of zero is no pause asked for"] = ("the pause that a handler asks for wins over the backoff",
            Failures((f, _) => f.RetryIn == TimeSpan.Zero ? f with { RetryIn = null } : f)),
        ["the backoff counts from the attempt to come"] = ("the pause is otherwise that of the backoff",
            Changed((o, s, attempt, j) => LifecycleRules.Real.After(o, s.MaxAttempts == TaskSettings.Forever ? s : s with { MaxAttempts = (s.MaxAttempts ?? 3) + 1 }, attempt + 1, j))),
        ["jitter is forgotten"] = ("the pause is otherwise that of the backoff",
            Changed((o, s, attempt, _) => LifecycleRules.Real.After(o, s, attempt, 1))),
        ["an interruption is a failed attempt"] = ("only failures are retried",
            Verdicts((v, c) => v is Verdict.GiveBack && c.Outcome is AttemptOutcome.Interrupted && !c.IsLast ? new Verdict.Retry(new("x", "x"), TimeSpan.Zero) : v)),
        ["delivery is forgotten"] = ("at most once never gives back what was interrupted",
            Settings(s => s with { Delivery = null })),
        ["interruptions end with the attempts"] = ("at least once gives back what was interrupted",
            Verdicts((v, c) => v is Verdict.GiveBack && c.Outcome is AttemptOutcome.Interrupted && c.IsLast ? new Verdict.Fail(new(ErrorCodes.Interrupted, "no more")) : v)),
        ["at most once fails what was rejected"] = ("what was rejected is given back",
            Verdicts((v, c) => c.Outcome is AttemptOutcome.Rejected && c.Settings.Delivery == Delivery.AtMostOnce ? new Verdict.Fail(new(ErrorCodes.Interrupted, "once")) : v)),
        ["a snoozed task waits for its backoff"] = ("what was snoozed waits as long as asked",
            Verdicts((v, c) => v is Verdict.Snooze ? new Verdict.Snooze((c.Settings.Backoff ?? new()).Delay) : v)),
        ["snoozing needs an attempt that is left"] = ("what was snoozed waits as long as asked",
            Verdicts((v, c) => v is Verdict.Snooze && c.IsLast ? new Verdict.Fail(new("x", "x")) : v)),
        ["every cancel was requested"] = ("what was cancelled is cancelled for its reason",
            Verdicts((v, _) => v is Verdict.Cancel ? new Verdict.Cancel("requested") : v)),
        ["an ignored result is kept"] = ("a result is kept unless it is ignored",
            Settings(s => s with { IgnoreResult = null })),
        ["no result is kept"] = ("a result is kept unless it is ignored",
            Settings(s => s with { IgnoreResult = true })),
        ["a snoozed task has nowhere to go"] = ("a running task may go where the verdict sends it",
            LifecycleRules.Real with { CanMove = (from, to) => to != TaskState.Scheduled && TaskLifecycle.CanMove(from, to) }),
    };

    private static LifecycleRules Changed(Func<AttemptOutcome, TaskSettings, int, double, Verdict> after) => LifecycleRules.Real with { After = after };

    private static LifecycleRules Settings(Func<TaskSettings, TaskSettings> change) =>
        Changed((outcome, settings, attempt, jitter) => LifecycleRules.Real.After(outcome, change(settings), attempt, jitter));

    private static LifecycleRules Failures(Func<AttemptOutcome.Failed, TaskSettings, AttemptOutcome> change) =>
        Changed((outcome, settings, attempt, jitter) =>
            LifecycleRules.Real.After(outcome is AttemptOutcome.Failed failed ? change(failed, settings) : outcome, settings, attempt, jitter));

    private static LifecycleRules Verdicts(Func<Verdict, LifecycleCase, Verdict> change) =>
        Changed((outcome, settings, attempt, jitter) => change(LifecycleRules.Real.After(outcome, settings, attempt, jitter), new(outcome, settings, attempt, jitter)));
}
