using Microsoft.AspNetCore.Http.HttpResults;
using TaskGrid.Access;
using TaskGrid.Errors;
using TaskGrid.Requests;

namespace TaskGrid.Apis;

/// <summary>Lists of tasks.</summary>
internal static class ListApi
{
    public static async Task<Results<Ok<TaskPage>, ProblemHttpResult>> Read(HttpContext http, TaskLists lists)
    {
        var request = ListReader.Read(http.Request.Query, Scope.Of(http.User));
        if (request.Refusal is { } badQuery)
        {
            return Problems.Of(badQuery);
        }

        var reply = await lists.ReadAsync(request.Value!, http.RequestAborted);
        return reply.Refusal is { } refusal ? Problems.Of(refusal) : TypedResults.Ok(reply.Page!);
    }
}
