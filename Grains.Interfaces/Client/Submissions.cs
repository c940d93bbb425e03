using TaskGrid.Telemetry;

namespace TaskGrid;

/// <summary>Fills in what a submission gets by itself. The result is a copy: the caller may use its options again before the submit is through.</summary>
internal static class Submissions
{
    /// <summary>Gives it an id, the task that submits it, and the trace that it belongs to.</summary>
    public static TaskSubmission Complete(TaskSubmission submission)
    {
        var asked = submission.Options;
        var parent = asked.ParentId is null ? TaskContextAccessor.Current : null;
        var (traceParent, traceState) = asked.TraceParent is null ? TaskActivity.Current() : (asked.TraceParent, asked.TraceState);
        return submission with
        {
            Options = asked with
            {
                Id = asked.Id ?? IdOf(asked),
                ParentId = asked.ParentId ?? parent?.TaskId,
                RootId = asked.RootId ?? parent?.RootId,
                TraceParent = traceParent,
                TraceState = traceState,
            },
        };
    }

    /// <summary>Names a submission again after middleware has changed it: an id that nobody has given follows the idempotency key.</summary>
    /// <param name="changed">What came out of the middleware.</param>
    /// <param name="minted">The id that it got in <see cref="Complete"/>; <c>null</c> when its caller had given one.</param>
    public static TaskSubmission Rename(TaskSubmission changed, string? minted)
    {
        var options = changed.Options;
        if (options.Id is not null && (options.Id != minted || options.IdempotencyKey is null))
        {
            return changed;
        }

        return changed with { Options = options with { Id = options.IdempotencyKey is null ? minted ?? IdOf(options) : IdOf(options) } };
    }

    private static string IdOf(SubmitOptions asked) =>
        asked.IdempotencyKey is { } key ? IdempotencyKeys.IdOf(key, asked.IdempotencyScope) : Guid.CreateVersion7().ToString();
}
