using Microsoft.AspNetCore.Http.HttpResults;
using TaskGrid.Errors;
using TaskGrid.Requests;

namespace TaskGrid.Apis;

/// <summary>What one task came to: its result alone, and its attempts.</summary>
internal static class ResultApi
{
    public static async Task<Results<FileContentHttpResult, StatusCodeHttpResult, ProblemHttpResult>> Read(string id, HttpContext http, TaskWait waiting)
    {
        var wait = WaitTime.Read(http);
        if ((TaskIds.Check(id) ?? wait.Refusal) is { } refusal)
        {
            return Problems.Of(refusal);
        }

        if (await waiting.ReadAsync(id, wait.Value, http.RequestAborted) is not { } task)
        {
            return Problems.NoTask(id);
        }

        switch (task.State)
        {
            case TaskState.Succeeded:
                return Versions.IsKnown(http, task)
                    ? Versions.NotModified
                    : TypedResults.Bytes((task.Result ?? default).Utf8, "application/json");
            case TaskState.Failed:
                return Problems.Of(new(ApiErrorCodes.TaskFailed, "The task has failed: it has no result."), task.Error is { } error ? error with { Stack = null } : null);
            case TaskState.Cancelled:
                return Problems.Of(new(ApiErrorCodes.TaskCancelled, $"The task was cancelled ({task.Reason}): it has no result."));
            default:
                http.Response.Headers.RetryAfter = "1";
                return Problems.Of(new(ApiErrorCodes.NotFinished, $"The task is {task.State}: it has no result yet."));
        }
    }

    public static async Task<Results<Ok<TaskAttempts>, StatusCodeHttpResult, ProblemHttpResult>> Attempts(string id, HttpContext http, ITaskClient tasks) =>
        TaskIds.Check(id) is { } refusal ? Problems.Of(refusal)
        : await tasks.GetHandle(id).GetSnapshotAsync(http.RequestAborted) is not { } task ? Problems.NoTask(id)
        : Versions.IsKnown(http, task) ? Versions.NotModified
        : TypedResults.Ok(TaskAttempts.Of(task));
}
