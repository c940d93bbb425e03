namespace TaskGrid.Access;

/// <summary>
/// Tells requests of this site's own pages from those that another site's page makes a browser send along with what the browser knows: browsers
/// say which page it is, programs say nothing.
/// </summary>
internal static class OwnPages
{
    public static TaskRefusal Refusal { get; } = new(Errors.ApiErrorCodes.Forbidden, "The request comes from a page of another site.");

    /// <summary>Whether a browser says that another site's page has made it ask.</summary>
    public static bool IsForeign(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0)
        {
            // A proxy that ends TLS changes the scheme, not the name.
            return !Uri.TryCreate(origin, UriKind.Absolute, out var page) || !page.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);
        }

        // A link is followed from anywhere; what it leads to changes nothing.
        return request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site" && !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
    }
}
