using Microsoft.AspNetCore.Http.HttpResults;
using TaskGrid.Errors;
using TaskGrid.Requests;

namespace TaskGrid.Apis;

/// <summary>Many tasks in one request.</summary>
internal static class BatchApi
{
    public static async Task<Results<Ok<BatchReply>, ProblemHttpResult>> Submit(HttpContext http, ITaskClient tasks)
    {
        var body = await JsonBody.ReadAsync(http.Request);
        var batch = body.Refusal is { } badBody ? badBody : BatchReader.Read(body.Value);
        if (batch.Refusal is { } refusal)
        {
            return Problems.Of(refusal);
        }

        var submits = batch.Value!;
        var replies = new Queue<SubmitReply>(await tasks.SubmitBatchAsync([.. submits.Where(s => s.Refusal is null).Select(s => s.Value!)], http.RequestAborted));
        return TypedResults.Ok(new BatchReply([.. submits.Select(s => BatchItem.Of(s.Refusal is { } bad ? new(null, false, bad) : replies.Dequeue()))]));
    }
}
