using System.Globalization;
using System.Security.Claims;
using TaskGrid.Access;
using TaskGrid.Errors;

namespace TaskGrid.Requests;

/// <summary>
/// Reads <c>Idempotency-Key</c>: a request that is sent again with the same key makes nothing new. The draft wants the key in quotation
/// marks, most clients send it bare: both are read. It is the key of whoever sends it: another's request with the same is another request.
/// </summary>
internal static class IdempotencyHeader
{
    public const string Name = "Idempotency-Key";

    /// <summary>The longest key.</summary>
    public const int MaxLength = 250;

    /// <summary>The longest key of a batch, which leaves room for the place of a task in it.</summary>
    public const int MaxBatchLength = 246;

    /// <summary>The key, or <c>null</c> when none is given.</summary>
    public static Parsed<string?> Read(HttpRequest request, int longest = MaxLength)
    {
        var sent = request.Headers[Name];
        if (sent.Count == 0)
        {
            return default(Parsed<string?>);
        }

        return Unquote(sent.ToString().Trim()) is { Length: > 0 } key && key.Length <= longest
            ? key
            : new TaskRefusal(ApiErrorCodes.InvalidRequest, $"An idempotency key has 1 to {longest} characters.", Name);
    }

    /// <summary>The submit under that key, or under the one that it names itself.</summary>
    public static Parsed<TaskSubmission> Apply(string? key, TaskSubmission submission, ClaimsPrincipal user) =>
        key is null || submission.Options.IdempotencyKey is null || submission.Options.IdempotencyKey == key
            ? Under(submission.Options.IdempotencyKey ?? key, submission, user)
            : new TaskRefusal(ApiErrorCodes.InvalidRequest, $"The header {Name} and the member idempotencyKey differ.", Name);

    /// <summary>One of a batch under that key: it has the batch's key and its own place, unless it says itself what it is.</summary>
    public static TaskSubmission Apply(string? key, TaskSubmission submission, int place, ClaimsPrincipal user)
    {
        var own = submission.Options.IdempotencyKey;
        return Under(own is null && key is not null && submission.Options.Id is null ? string.Create(CultureInfo.InvariantCulture, $"{key}/{place}") : own, submission, user);
    }

    private static TaskSubmission Under(string? key, TaskSubmission submission, ClaimsPrincipal user) => key is null
        ? submission
        : submission with { Options = submission.Options with { IdempotencyKey = key, IdempotencyScope = user.FindFirstValue(ApiKeyHandler.HolderClaim) } };

    private static string Unquote(string sent) => sent is ['"', .. var inner, '"'] ? inner : sent;
}
