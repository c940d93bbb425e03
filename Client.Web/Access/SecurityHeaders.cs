namespace TaskGrid.Access;

/// <summary>What every answer says to browsers. Pages say more: see <see cref="Page"/>.</summary>
internal static class SecurityHeaders
{
    /// <summary>Of a page: nothing inline and nothing from elsewhere, so that text that got in as markup would not run.</summary>
    public const string Page = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private const string Data = "default-src 'none'; frame-ancestors 'none'";

    // Its pages are Orleans' own, with styles of their own.
    private const string Dashboard = "/orleans";

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
