using System.Globalization;
using System.Security.Claims;
using Microsoft.Net.Http.Headers;
using TaskGrid.Access;
using TaskGrid.Errors;

namespace TaskGrid.Requests;

/// <summary>
/// Reads what a change or retry may say of itself: <c>If-Match</c>, the version that it is meant for, and <c>Idempotency-Key</c>, under which it is made once. With both a
/// request can be repeated, or arrive late, and do no harm.
/// </summary>
internal static class TouchHeaders
{
    public static Parsed<TouchTerms> Read(HttpContext http)
    {
        var key = IdempotencyHeader.Read(http.Request);
        if (key.Refusal is { } badKey)
        {
            return badKey;
        }

        var operation = key.Value is null ? null : IdempotencyKeys.IdOf(key.Value, http.User.FindFirstValue(ApiKeyHandler.HolderClaim));
        var sent = http.Request.Headers.IfMatch;
        if (sent.Count == 0)
        {
            return new TouchTerms(operation, null);
        }

        return EntityTagHeaderValue.TryParseStrictList(sent, out var tags) && tags is [var tag] && VersionOf(tag) is var (isKnown, version) && isKnown
            ? new TouchTerms(operation, version)
            : new TaskRefusal(ApiErrorCodes.InvalidRequest, "If-Match has one ETag of the task, as it came with an earlier answer.", HeaderNames.IfMatch);
    }

    // What comes after the version is of the progress, which changes nothing.
    private static (bool IsKnown, long? Version) VersionOf(EntityTagHeaderValue tag) =>
        tag.Equals(EntityTagHeaderValue.Any) ? (true, null)
        : !tag.IsWeak && long.TryParse(tag.Tag.AsSpan().Trim('"').ToString().Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? (true, version)
        : (false, null);
}
