using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace TaskGrid.Access;

/// <summary>
/// Writes down what is done by hand before it is done, and what came of it after: what can't be written down is not done. What somebody may
/// not do is not written down, or whoever wants to could push everything else out of the log.
/// </summary>
internal static partial class AuditTrail
{
    private const int LongestTarget = 500;

    public static void UseAuditTrail(this WebApplication app) => app.Use(async (http, next) =>
    {
        if (!IsByHand(http))
        {
            await next(http);
            return;
        }

        var audit = http.RequestServices.GetRequiredService<AuditClient>();
        var number = await audit.AddAsync(Describe(http), http.RequestAborted);
        try
        {
            await next(http);
        }
        catch
        {
            await EndAsync(audit, number, StatusCodes.Status500InternalServerError, http);
            throw;
        }

        await EndAsync(audit, number, http.Response.StatusCode, http);
    });

    /// <summary>Somebody has signed in, which is what their page does after.</summary>
    public static Task SignedInAsync(this AuditClient audit, HttpContext http, StoredApiKey key) =>
        audit.AddAsync(Entry(http, "SignIn") with { Who = key.Name, Key = key.Id }, http.RequestAborted);

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
            LogUnfinished(http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(AuditTrail)), number, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "What came of entry {Number} of the audit log could not be written down: {Reason}")]
    private static partial void LogUnfinished(ILogger logger, long number, string reason);
}
