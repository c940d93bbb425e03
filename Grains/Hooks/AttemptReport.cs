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

    /// <summary>What there is to tell of a task that was made final apart from an attempt; <c>null</c> when it is not final (any more).</summary>
    public static AttemptEnd? Of(TaskRecord record)
    {
        if (record.Definition is not { } definition || record.State is not (TaskState.Failed or TaskState.Cancelled))
        {
            return null;
        }

        var snapshot = record.ToSnapshot();
        return Describe(record.Id, record.Line.Queue, record.Line.Attempt, definition) with
        {
            IsOutsideAttempt = true,
            Verdict = record.State == TaskState.Failed ? AttemptVerdict.Failed : AttemptVerdict.Cancelled,
            Error = record.State == TaskState.Failed ? snapshot.Error : null,
            Reason = snapshot.Reason,
        };
    }

    /// <summary>Whose end it is.</summary>
    public static AttemptEnd Describe(string id, string queue, int attempt, TaskDefinition definition) => new()
    {
        TaskId = id,
        Task = definition.Header.Task,
        Queue = queue,
        Attempt = attempt,
        MaxAttempts = definition.Header.Resolve().MaxAttempts,
        Verdict = AttemptVerdict.Interrupted,
        Tags = definition.Meta.Tags ?? [],
        Headers = definition.Meta.Headers,
        ParentId = definition.Meta.ParentId,
        RootId = definition.Meta.RootId ?? id,
    };
}
