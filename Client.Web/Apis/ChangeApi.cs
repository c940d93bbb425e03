using Microsoft.AspNetCore.Http.HttpResults;
using TaskGrid.Access;
using TaskGrid.Errors;
using TaskGrid.Requests;

namespace TaskGrid.Apis;

/// <summary>One task, changed by hand: put elsewhere, retried, forgotten; and its log.</summary>
internal static class ChangeApi
{
    public static async Task<Results<Ok<TaskSnapshot>, ProblemHttpResult>> Change(string id, HttpContext http, ITaskClient tasks)
    {
        var terms = TouchHeaders.Read(http);
        if ((TaskIds.Check(id) ?? terms.Refusal) is { } badHead)
        {
            return Problems.Of(badHead);
        }

        var body = await JsonBody.ReadAsync(http.Request);
        var change = body.Refusal is { } badBody ? badBody : ChangeReader.Read(body.Value);
        return (change.Refusal ?? (change.Value!.Queue is { } target ? Scope.Of(http.User).CheckQueue(target) : null)) is { } refusal
            ? Problems.Of(refusal)
            : await AnswerAsync(tasks, id, terms.Value, await tasks.GetHandle(id).ChangeAsync(change.Value!, terms.Value, http.RequestAborted), http.RequestAborted);
    }

    public static async Task<Results<Ok<TaskSnapshot>, ProblemHttpResult>> Retry(string id, HttpContext http, ITaskClient tasks)
    {
        var terms = TouchHeaders.Read(http);
        return (TaskIds.Check(id) ?? terms.Refusal) is { } refusal
            ? Problems.Of(refusal)
            : await AnswerAsync(tasks, id, terms.Value, await tasks.GetHandle(id).RetryAsync(terms.Value, http.RequestAborted), http.RequestAborted);
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> Forget(string id, HttpContext http, ITaskClient tasks)
    {
        if (TaskIds.Check(id) is { } refusal)
        {
            return Problems.Of(refusal);
        }

        return await tasks.GetHandle(id).ForgetAsync(http.RequestAborted) is var outcome and not ChangeOutcome.Changed
            ? ProblemOf(id, outcome)
            : TypedResults.NoContent();
    }

    public static async Task<Results<Ok<TaskLog>, ProblemHttpResult>> Log(string id, HttpContext http, ITaskClient tasks)
    {
        if (TaskIds.Check(id) is { } refusal)
        {
            return Problems.Of(refusal);
        }

        var lines = await tasks.GetHandle(id).GetLogAsync(http.RequestAborted);
        return lines.Count == 0 && await tasks.GetHandle(id).GetSnapshotAsync(http.RequestAborted) is null ? Problems.NoTask(id) : TypedResults.Ok(new TaskLog(lines));
    }

    private static async Task<Results<Ok<TaskSnapshot>, ProblemHttpResult>> AnswerAsync(
        ITaskClient tasks, string id, TouchTerms terms, ChangeOutcome outcome, CancellationToken cancellationToken) =>
        outcome == ChangeOutcome.Stale && terms.Seen is not null ? Problems.Of(new(ApiErrorCodes.PreconditionFailed, "The task has changed since: it has another version by now."))
        : outcome != ChangeOutcome.Changed ? ProblemOf(id, outcome)
        : await tasks.GetHandle(id).GetSnapshotAsync(cancellationToken) is { } snapshot ? TypedResults.Ok(snapshot)
        : Problems.NoTask(id);

    private static ProblemHttpResult ProblemOf(string id, ChangeOutcome outcome) => outcome switch
    {
        ChangeOutcome.NotFound => Problems.NoTask(id),
        ChangeOutcome.Running => Problems.Of(new(ApiErrorCodes.TaskRunning, "The task is running; only one that waits can be changed.")),
        ChangeOutcome.AlreadyFinished => Problems.Of(new(ApiErrorCodes.AlreadyFinished, "The task is final already; only one that waits can be changed.")),
        ChangeOutcome.Stale => Problems.Of(new(ApiErrorCodes.TaskRunning, "The task keeps changing; look at it again.")),
        ChangeOutcome.Unfinished => Problems.Of(new(ApiErrorCodes.NotFinished, "The task is not final yet; cancel it first.")),
        _ => Problems.Of(new(ApiErrorCodes.NotFailed, "The task has not failed and was not cancelled: there is nothing to retry.")),
    };
}

/// <summary>A task's own log.</summary>
/// <param name="Lines">The last 200 lines, oldest first, each with its instant before it.</param>
internal sealed record TaskLog(IReadOnlyList<string> Lines);
