using Microsoft.AspNetCore.Http.HttpResults;
using TaskGrid.Access;
using TaskGrid.Errors;
using TaskGrid.Requests;

namespace TaskGrid.Apis;

/// <summary>Many tasks in one request.</summary>
internal static class BatchApi
{
    public static async Task<Results<Ok<BatchReply>, ProblemHttpResult>> Submit(HttpContext http, ITaskClient tasks)
    {
        var key = IdempotencyHeader.Read(http.Request, IdempotencyHeader.MaxBatchLength);
        if (key.Refusal is { } badKey)
        {
            return Problems.Of(badKey);
        }

        var body = await JsonBody.ReadAsync(http.Request);
        var batch = body.Refusal is { } badBody ? badBody : BatchReader.Read(body.Value);
        if (batch.Refusal is { } refusal)
        {
            return Problems.Of(refusal);
        }

        var scope = Scope.Of(http.User);
        var submits = batch.Value!.Select(s => s.Refusal is null && scope.Check(s.Value!) is { } outside ? outside : s).ToList();
        List<TaskSubmission> readable = [.. submits.Index().Where(s => s.Item.Refusal is null).Select(s => IdempotencyHeader.Apply(key.Value, s.Item.Value!, s.Index, http.User))];
        var replies = new Queue<SubmitReply>((await tasks.SubmitBatchAsync(readable, http.RequestAborted)).Zip(readable, (reply, asked) => Answers.For(http.User, reply, asked)));
        return TypedResults.Ok(new BatchReply([.. submits.Select(s => BatchItem.Of(s.Refusal is { } bad ? new(null, false, bad) : replies.Dequeue()))]));
    }
}
