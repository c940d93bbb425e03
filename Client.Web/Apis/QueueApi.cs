using Microsoft.AspNetCore.Http.HttpResults;
using TaskGrid.Access;
using TaskGrid.Errors;
using TaskGrid.Requests;

namespace TaskGrid.Apis;

/// <summary>Queues: how they stand, their settings, pause and resume.</summary>
internal static class QueueApi
{
    public static async Task<Ok<QueueList>> List(HttpContext http, IQueueClient queues) =>
        TypedResults.Ok(new QueueList([.. (await queues.ListAsync(http.RequestAborted)).Where(q => Scope.Of(http.User).CheckQueue(q.Queue) is null)]));

    public static async Task<Results<Ok<QueueSnapshot>, ProblemHttpResult>> Read(string queue, HttpContext http, IQueueClient queues) =>
        (QueueNames.Check(queue) ?? Scope.Of(http.User).CheckQueue(queue)) is { } refusal ? Problems.Of(refusal) : TypedResults.Ok(await queues.GetAsync(queue, http.RequestAborted));

    public static async Task<Results<Ok<QueueSnapshot>, ProblemHttpResult>> Configure(string queue, HttpContext http, IQueueClient queues)
    {
        var body = await JsonBody.ReadAsync(http.Request);
        var settings = body.Refusal is { } badBody ? badBody : QueueSettingsReader.Read(body.Value);
        return settings.Refusal is { } refusal
            ? Problems.Of(refusal)
            : await DoAsync(queue, http, queues, () => queues.ConfigureAsync(queue, settings.Value!, http.RequestAborted));
    }

    public static Task<Results<Ok<QueueSnapshot>, ProblemHttpResult>> Pause(string queue, HttpContext http, IQueueClient queues) =>
        DoAsync(queue, http, queues, () => queues.PauseAsync(queue, http.RequestAborted));

    public static Task<Results<Ok<QueueSnapshot>, ProblemHttpResult>> Resume(string queue, HttpContext http, IQueueClient queues) =>
        DoAsync(queue, http, queues, () => queues.ResumeAsync(queue, http.RequestAborted));

    private static async Task<Results<Ok<QueueSnapshot>, ProblemHttpResult>> DoAsync(string queue, HttpContext http, IQueueClient queues, Func<Task> act)
    {
        // A queue is everybody's whose tasks lie in it: a key for some tasks alone may look at it, and no more.
        if ((QueueNames.Check(queue) ?? Scope.Of(http.User) switch { { Tasks.Count: > 0 } scope => scope.CheckWhole(), var scope => scope.CheckQueue(queue) }) is { } refusal)
        {
            return Problems.Of(refusal);
        }

        await act();
        return TypedResults.Ok(await queues.GetAsync(queue, http.RequestAborted));
    }
}

/// <summary>The queues that there have been.</summary>
/// <param name="Items">As they stand, by name.</param>
internal sealed record QueueList(IReadOnlyList<QueueSnapshot> Items);
