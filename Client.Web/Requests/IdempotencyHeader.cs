using System.Globalization;
using TaskGrid.Errors;

namespace TaskGrid.Requests;

/// <summary>
/// Reads <c>Idempotency-Key</c>: a request that is sent again with the same key makes nothing new. The draft wants the key in quotation
/// marks, most clients send it bare: both are read.
/// </summary>
internal static class IdempotencyHeader
{
    public const string Name = "Idempotency-Key";

    // What is left of a key's 255 characters beside the number of a task in its batch.
    private const int MaxLength = 250;

    /// <summary>The key, or <c>null</c> when none is given.</summary>
    public static Parsed<string?> Read(HttpRequest request)
    {
        var sent = request.Headers[Name];
        if (sent.Count == 0)
        {
            return default(Parsed<string?>);
        }

        return Unquote(sent.ToString().Trim()) is { Length: > 0 and <= MaxLength } key
            ? key
            : new TaskRefusal(ApiErrorCodes.InvalidRequest, $"An idempotency key has 1 to {MaxLength} characters.", Name);
    }

    /// <summary>The submit under that key.</summary>
    public static Parsed<TaskSubmission> Apply(string? key, TaskSubmission submission)
    {
        if (key is null || submission.Options.IdempotencyKey == key)
        {
            return submission;
        }

        return submission.Options.IdempotencyKey is null
            ? submission with { Options = submission.Options with { IdempotencyKey = key } }
            : new TaskRefusal(ApiErrorCodes.InvalidRequest, $"The header {Name} and the member idempotencyKey differ.", Name);
    }

    /// <summary>One of a batch under that key: it has the batch's key and its own place, unless it says itself what it is.</summary>
    public static TaskSubmission Apply(string? key, TaskSubmission submission, int place) =>
        key is null || submission.Options is { Id: not null } or { IdempotencyKey: not null }
            ? submission
            : submission with { Options = submission.Options with { IdempotencyKey = string.Create(CultureInfo.InvariantCulture, $"{key}/{place}") } };

    private static string Unquote(string sent) => sent is ['"', .. var inner, '"'] ? inner : sent;
}
