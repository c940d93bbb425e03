using TaskGrid.Access;

namespace TaskGrid.Hosting;

/// <summary>The example's pages: static files below <c>wwwroot/ui</c>, which need no build.</summary>
internal static class Pages
{
    /// <summary>The files are everybody's: what they show is asked for with a key.</summary>
    public static void UsePageFiles(this WebApplication app) =>
        app.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = file => Protect(file.Context.Response) });

    public static void MapPages(this WebApplication app)
    {
        app.MapGet("/", () => TypedResults.Redirect("/ui")).AllowAnonymous().ExcludeFromDescription();
        app.MapGet("/ui", ShowAsync).RequireAuthorization(AccessPolicies.Any).ExcludeFromDescription();
    }

    private static Task ShowAsync(HttpContext http, IWebHostEnvironment environment)
    {
        Protect(http.Response);
        http.Response.ContentType = "text/html; charset=utf-8";
        return http.Response.SendFileAsync(environment.WebRootFileProvider.GetFileInfo("ui/index.html"), http.RequestAborted);
    }

    private static void Protect(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = SecurityHeaders.Page;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-cache";
    }
}
