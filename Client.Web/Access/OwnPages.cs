namespace TaskGrid.Access;

/// <summary>
/// Tells requests of this site's own pages from those that another site's page makes a browser send along with what the browser knows: browsers
/// say which page it is, programs say nothing.
/// </summary>
internal static class OwnPages
{
    public static TaskRefusal Refusal { get; } = new(Errors.ApiErrorCodes.Forbidden, "The request comes from a page of another site.");

    /// <summary>Whether a browser says that another site's page has made it ask.</summary>
    public static bool IsForeign(HttpRequest request) => request.Headers["Sec-Fetch-Site"].ToString() switch
    {
        "same-origin" or "none" => false,
        // A link is followed from anywhere; what it leads to changes nothing. Whatever a script of another site asks for has an origin.
        { Length: > 0 } => !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) || HasForeignOrigin(request),
        _ => HasForeignOrigin(request),
    };

    // A proxy that ends TLS changes the scheme, not the name.
    private static bool HasForeignOrigin(HttpRequest request) =>
        request.Headers.Origin.ToString() is { Length: > 0 } origin
        && !(Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
}
