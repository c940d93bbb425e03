using TaskGrid.Tasks;

namespace TaskGrid.Hooks;

/// <summary>Words for observers what became of an attempt. Pure.</summary>
internal static class AttemptReport
{
    /// <summary>What there is to tell; <c>null</c> when the outcome came too late to count.</summary>
    /// <param name="end">Whose end it is.</param>
    /// <param name="verdict">What was decided here.</param>
    /// <param name="code">What the task is in the store since then, as <see cref="StateLine.Code"/>; none when the outcome was refused, or nothing is stored of it.</param>
    public static AttemptEnd? Of(AttemptEnd end, Verdict verdict, char? code) => (code, verdict) switch
    {
        (_, Verdict.GiveBack) => end with { Verdict = AttemptVerdict.Interrupted },
        (null, _) => null,
        ('S', Verdict.Succeed done) => end with { Verdict = AttemptVerdict.Succeeded, Result = done.Result },
        ('R', Verdict.Retry retry) => end with { Verdict = AttemptVerdict.Retrying, Error = retry.Error, NextIn = retry.Delay },
        ('W' or 'R', Verdict.Snooze snooze) => end with { Verdict = AttemptVerdict.Snoozed, NextIn = snooze.Delay },
        ('F', Verdict.Fail fail) => end with { Verdict = AttemptVerdict.Failed, Error = fail.Error },
        ('F', Verdict.Retry retry) => end with { Verdict = AttemptVerdict.Failed, Error = retry.Error },
        ('F', _) => end with { Verdict = AttemptVerdict.Failed, Error = new(ErrorCodes.DeadlineExceeded, "It would have run again past its deadline.") },
        _ => end with { Verdict = AttemptVerdict.Cancelled, Reason = verdict is Verdict.Cancel cancel ? cancel.Reason : "requested" },
    };
}
