using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using TaskGrid.Errors;
using TaskGrid.Requests;

namespace TaskGrid.Apis;

/// <summary>What was done by hand, by whom.</summary>
internal static class AuditApi
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;

    public static async Task<Results<Ok<AuditPage>, ProblemHttpResult>> List(HttpContext http, AuditClient audit)
    {
        var query = http.Request.Query;
        var (limit, cursor) = (QueryValues.Whole(query, "limit", DefaultLimit, 1, MaxLimit), QueryValues.Whole(query, "cursor", null, 1, long.MaxValue));
        if ((limit.Refusal ?? cursor.Refusal) is { } refusal)
        {
            return Problems.Of(refusal);
        }

        var entries = await audit.ReadAsync(cursor.Value, (int)limit.Value!.Value, http.RequestAborted);
        var more = entries.Count == limit.Value && entries[^1].Number > 1;
        return TypedResults.Ok(new AuditPage([.. entries.Select(AuditItem.Of)], more ? entries[^1].Number.ToString(CultureInfo.InvariantCulture) : null));
    }
}

/// <summary>A page of the audit log.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="Next">The cursor of the next page; <c>null</c> when this is the last.</param>
internal sealed record AuditPage(IReadOnlyList<AuditItem> Items, string? Next);

/// <summary>What somebody did.</summary>
/// <param name="At">When, by the store's clock.</param>
/// <param name="Who">The name of the key, the subject of the token, or <c>local</c>.</param>
/// <param name="Key">The id of the key; <c>null</c> while nobody is asked for one.</param>
/// <param name="From">The address that the request came from.</param>
/// <param name="Action">What was asked for, by the operation's name in this document.</param>
/// <param name="Target">Method and path.</param>
/// <param name="Details">The first 1,000 characters of the body, where there was one.</param>
/// <param name="Status">The HTTP status that it was answered with; <c>null</c> while it is being done, and for ever when its web process died over it.</param>
internal sealed record AuditItem(DateTimeOffset At, string Who, string? Key, string? From, string Action, string Target, string? Details, int? Status)
{
    public static AuditItem Of(AuditEntry entry) => new(entry.At, entry.Who, entry.Key, entry.From, entry.Action, entry.Target, entry.Details, entry.Status);
}
