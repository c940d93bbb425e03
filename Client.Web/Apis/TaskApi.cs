using Microsoft.AspNetCore.Http.HttpResults;
using TaskGrid.Access;
using TaskGrid.Errors;
using TaskGrid.Requests;

namespace TaskGrid.Apis;

/// <summary>One task: submit, read, cancel.</summary>
internal static class TaskApi
{
    /// <summary>The answer to a submit that had been accepted before.</summary>
    private const string Replayed = "Idempotent-Replayed";

    public static async Task<Results<Accepted<TaskSnapshot>, Ok<TaskSnapshot>, ProblemHttpResult>> Submit(HttpContext http, ITaskClient tasks, TaskWait waiting)
    {
        var (wait, key) = (WaitTime.Read(http), IdempotencyHeader.Read(http.Request));
        if ((wait.Refusal ?? key.Refusal) is { } badHead)
        {
            return Problems.Of(badHead);
        }

        var body = await JsonBody.ReadAsync(http.Request);
        var submission = body.Refusal is { } badBody ? badBody : SubmitReader.Read(body.Value);
        submission = submission.Refusal is null ? IdempotencyHeader.Apply(key.Value, submission.Value!, http.User) : submission;
        if ((submission.Refusal ?? Scope.Of(http.User).Check(submission.Value!)) is { } badSubmit)
        {
            return Problems.Of(badSubmit);
        }

        var reply = Answers.For(http.User, (await tasks.SubmitBatchAsync([submission.Value!], http.RequestAborted))[0], submission.Value!);
        if (reply.Refusal is { } refusal)
        {
            return Problems.Of(refusal);
        }

        var accepted = reply.Snapshot!;
        if (!reply.Created)
        {
            http.Response.Headers[Replayed] = "true";
        }

        if (wait.Value > TimeSpan.Zero)
        {
            accepted = Answers.For(http.User, reply with { Snapshot = await waiting.AfterAcceptAsync(accepted, wait.Value, http.RequestAborted) }, submission.Value!).Snapshot!;
        }

        return wait.Value > TimeSpan.Zero && accepted.State.IsFinal()
            ? TypedResults.Ok(accepted)
            : TypedResults.Accepted(Location(http, accepted.Id), accepted);
    }

    public static async Task<Results<Ok<TaskSnapshot>, StatusCodeHttpResult, ProblemHttpResult>> Read(string id, HttpContext http, TaskWait waiting)
    {
        var wait = WaitTime.Read(http);
        if ((TaskIds.Check(id) ?? wait.Refusal) is { } refusal)
        {
            return Problems.Of(refusal);
        }

        return await waiting.ReadAsync(id, wait.Value, http.RequestAborted) is not { } snapshot ? Problems.NoTask(id)
            : Versions.IsKnown(http, snapshot) ? Versions.NotModified
            : TypedResults.Ok(snapshot);
    }

    public static async Task<Results<Ok<CancelReply>, ProblemHttpResult>> Cancel(string id, HttpContext http, ITaskClient tasks)
    {
        if (TaskIds.Check(id) is { } refusal)
        {
            return Problems.Of(refusal);
        }

        var reply = await tasks.GetHandle(id).CancelAsync(http.RequestAborted);
        return reply switch
        {
            { Outcome: CancelOutcome.NotFound } => Problems.NoTask(id),
            // The caller may not have heard the answer to its first cancel.
            { Outcome: CancelOutcome.AlreadyFinished, Snapshot.State: TaskState.Cancelled } => TypedResults.Ok(reply with { Outcome = CancelOutcome.Cancelled }),
            { Outcome: CancelOutcome.AlreadyFinished } => Problems.Of(new(ApiErrorCodes.AlreadyFinished, $"The task is final already: {reply.Snapshot?.State}.")),
            _ => TypedResults.Ok(reply),
        };
    }

    /// <summary>Where a task can be read.</summary>
    public static string Location(HttpContext http, string id) => $"{http.Request.PathBase}/api/v1/tasks/{id}";
}
