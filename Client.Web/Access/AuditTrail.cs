using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Authorization;

namespace TaskGrid.Access;

/// <summary>
/// Writes down what is done by hand before it is done, and what came of it after: what can't be written down is not done. What somebody may
/// not do is not written down, or whoever wants to could push everything else out of the log.
/// </summary>
internal static partial class AuditTrail
{
    private const int LongestTarget = 500;
    private const int LongestDetails = 1000;

    public static void UseAuditTrail(this WebApplication app) => app.Use(async (http, next) =>
    {
        if (!IsByHand(http))
        {
            await next(http);
            return;
        }

        await WriteDownAsync(http, Describe(http) with { Details = await DetailsAsync(http.Request) });
        await next(http);
    });

    /// <summary>Somebody signs in.</summary>
    public static Task SignInAsync(HttpContext http, StoredApiKey key) => WriteDownAsync(http, Entry(http, "SignIn") with { Who = key.Name, Key = key.Id });

    private static async Task WriteDownAsync(HttpContext http, AuditEntry entry)
    {
        var audit = http.RequestServices.GetRequiredService<AuditClient>();
        var number = await audit.AddAsync(entry, http.RequestAborted);
        // The log in the store has an end, and whoever may do much can push it there: what processes say goes where nobody does.
        LogDone(LoggerOf(http), entry.Who, entry.Key ?? "no key", entry.From, entry.Action, OnOneLine(entry.Target), OnOneLine(entry.Details ?? ""));
        // Whoever answers, be it for an exception, has said by then how it ended.
        http.Response.OnStarting(() => EndAsync(audit, number, http.Response.StatusCode, http));
    }

    /// <summary>The beginning of what was sent, which whoever answers reads once more.</summary>
    private static async Task<string?> DetailsAsync(HttpRequest request)
    {
        if (request.ContentType is null)
        {
            return null;
        }

        request.EnableBuffering();
        var buffer = new byte[LongestDetails];
        var count = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
        request.Body.Position = 0;
        return count == 0 ? null : Encoding.UTF8.GetString(buffer, 0, count);
    }

    private static string OnOneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    private static ILogger LoggerOf(HttpContext http) => http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(AuditTrail));

    private static bool IsByHand(HttpContext http) =>
        !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method)
        && http.GetEndpoint()?.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(a => a.Policy is AccessPolicies.Operate or AccessPolicies.Admin) == true;

    private static AuditEntry Describe(HttpContext http) => Entry(http, http.GetEndpoint()!.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "");

    private static AuditEntry Entry(HttpContext http, string action)
    {
        var target = $"{http.Request.Method} {http.Request.PathBase}{http.Request.Path}";
        return new()
        {
            Id = Guid.CreateVersion7().ToString(),
            Who = http.User.FindFirstValue(ClaimTypes.Name) ?? http.User.Identity?.Name ?? "",
            Key = http.User.FindFirstValue(ApiKeyHandler.KeyClaim),
            From = http.Connection.RemoteIpAddress?.ToString(),
            Action = action,
            Target = target.Length <= LongestTarget ? target : target[..LongestTarget],
        };
    }

    // It has been done: that nobody knows what came of it is no reason to say that it has not.
    private static async Task EndAsync(AuditClient audit, long number, int status, HttpContext http)
    {
        try
        {
            await audit.EndAsync(number, status);
        }
        catch (GridUnavailableException e)
        {
            LogUnfinished(LoggerOf(http), number, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Who} ({Key}) at {From}: {Action} {Target} {Details}")]
    private static partial void LogDone(ILogger logger, string who, string key, string? from, string action, string target, string details);

    [LoggerMessage(LogLevel.Warning, "What came of entry {Number} of the audit log could not be written down: {Reason}")]
    private static partial void LogUnfinished(ILogger logger, long number, string reason);
}
