using System.Security.Cryptography;

namespace TaskGrid.Access;

/// <summary>What every answer says to browsers. Pages say more: see <see cref="Page"/>.</summary>
internal static class SecurityHeaders
{
    /// <summary>Of a page: nothing inline and nothing from elsewhere, so that text that got in as markup would not run.</summary>
    public const string Page = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    // Some styles of this page are made by its script.
    private const string Reference = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

    private const string Data = "default-src 'none'; frame-ancestors 'none'";

    // Its pages are Orleans' own, with styles of their own.
    private const string Dashboard = "/orleans";

    /// <summary>Lets the scripts of one answer run that bear a word which nobody could know before.</summary>
    /// <returns>The word.</returns>
    public static string AllowScript(HttpContext http)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        http.Response.Headers.ContentSecurityPolicy = $"{Reference}; script-src 'self' 'nonce-{nonce}'";
        return nonce;
    }

    public static void UseSecurityHeaders(this WebApplication app) => app.Use((http, next) =>
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        // With no referrer at all browsers keep the origin of a page's own forms to themselves as well.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.ContentSecurityPolicy = http.Request.Path.StartsWithSegments(Dashboard, StringComparison.OrdinalIgnoreCase) ? "frame-ancestors 'none'" : Data;
        return next(http);
    });
}
