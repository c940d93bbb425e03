using Microsoft.AspNetCore.Http.HttpResults;
using TaskGrid.Access;
using TaskGrid.Errors;
using TaskGrid.Requests;

namespace TaskGrid.Apis;

/// <summary>Operations on many tasks: begun with one call, asked after with another.</summary>
internal static class BulkApi
{
    public static async Task<Results<Accepted<BulkSnapshot>, ProblemHttpResult>> Begin(HttpContext http, IBulkClient bulk)
    {
        var body = await JsonBody.ReadAsync(http.Request);
        var read = body.Refusal is { } badBody ? badBody : BulkReader.Read(body.Value);
        if (read.Refusal is { } refusal)
        {
            return Problems.Of(refusal);
        }

        var request = read.Value!;
        if (Check(Scope.Of(http.User), request) is { } outside)
        {
            return Problems.Of(outside);
        }

        var handle = await bulk.BeginAsync(request, http.RequestAborted);
        var begun = await handle.GetSnapshotAsync(http.RequestAborted);
        return TypedResults.Accepted($"{http.Request.PathBase}/api/v1/bulk/{handle.Id}", begun!);
    }

    public static async Task<Results<Ok<BulkImpact>, ProblemHttpResult>> Count(HttpContext http, IBulkClient bulk)
    {
        var body = await JsonBody.ReadAsync(http.Request);
        var read = body.Refusal is { } badBody ? badBody : BulkReader.Read(body.Value);
        return (read.Refusal ?? Check(Scope.Of(http.User), read.Value!)) is { } refusal
            ? Problems.Of(refusal)
            : TypedResults.Ok(await bulk.CountAsync(read.Value!, http.RequestAborted));
    }

    private static TaskRefusal? Check(Scope scope, BulkRequest request) =>
        scope.CheckQueue(request.Queue) ?? scope.CheckTask(request.Task) ?? (request.Target is { } target ? scope.CheckQueue(target) : null);

    public static async Task<Results<Ok<BulkSnapshot>, ProblemHttpResult>> Read(string id, HttpContext http, IBulkClient bulk)
    {
        if (TaskIds.Check(id) is { } refusal)
        {
            return Problems.Of(refusal);
        }

        if (await bulk.GetHandle(id).GetSnapshotAsync(http.RequestAborted) is not { } snapshot)
        {
            return Problems.Of(new(ApiErrorCodes.NotFound, $"There is no operation '{id}', or it was through more than an hour ago."));
        }

        return Check(Scope.Of(http.User), snapshot.Request) is { } outside ? Problems.Of(outside) : TypedResults.Ok(snapshot);
    }
}
