namespace TaskGrid.Hosting;

/// <summary>The example's pages: static files below <c>wwwroot/ui</c>, which need no build.</summary>
internal static class Pages
{
    public static void UsePages(this WebApplication app)
    {
        app.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = file => Protect(file.Context.Response) });
        app.MapGet("/", () => TypedResults.Redirect("/ui")).ExcludeFromDescription();
        app.MapGet("/ui", ShowAsync).ExcludeFromDescription();
    }

    private static Task ShowAsync(HttpContext http, IWebHostEnvironment environment)
    {
        Protect(http.Response);
        http.Response.ContentType = "text/html; charset=utf-8";
        return http.Response.SendFileAsync(environment.WebRootFileProvider.GetFileInfo("ui/index.html"), http.RequestAborted);
    }

    // Nothing inline and nothing from elsewhere: text that got in as markup would not run.
    private static void Protect(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = "default-src 'self'; frame-ancestors 'none'";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-cache";
    }
}
