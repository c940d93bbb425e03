using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace TaskGrid.Apis;

/// <summary>Entity tags of tasks: who has seen a version is told in a few bytes that there is no other.</summary>
internal static class Versions
{
    /// <summary>Tags the answer with the version of a task.</summary>
    /// <returns>Whether the caller has that version already: then the answer is <see cref="NotModified"/>.</returns>
    public static bool IsKnown(HttpContext http, TaskSnapshot snapshot)
    {
        var tag = TagOf(snapshot);
        http.Response.GetTypedHeaders().ETag = tag;
        // It may be kept, but not be shown again without asking.
        http.Response.Headers.CacheControl = "private, no-cache";
        return http.Request.GetTypedHeaders().IfNoneMatch.Any(t => t == EntityTagHeaderValue.Any || t.Compare(tag, useStrongComparison: false));
    }

    public static StatusCodeHttpResult NotModified => TypedResults.StatusCode(StatusCodes.Status304NotModified);

    // Progress is that of the running handler, which the version does not know.
    private static EntityTagHeaderValue TagOf(TaskSnapshot snapshot) => new(snapshot.Progress is { } progress
        ? string.Create(CultureInfo.InvariantCulture, $"\"{snapshot.Version}-{Convert.ToHexStringLower(SHA256.HashData(progress.Utf8.Span).AsSpan(0, 8))}\"")
        : string.Create(CultureInfo.InvariantCulture, $"\"{snapshot.Version}\""));
}
