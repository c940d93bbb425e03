using Microsoft.Extensions.Options;
using TaskGrid.Access;

namespace TaskGrid.Hosting;

/// <summary>The pages: one document, and modules below <c>wwwroot/ui</c> that need no build. What an address shows is decided there.</summary>
internal static class Pages
{
    // Each by itself: an id may look like a file's name, and what is none of these is not found.
    private static readonly string[] s_paths =
    [
        "/ui", "/ui/tasks", "/ui/tasks/{id}", "/ui/queues", "/ui/workers", "/ui/types", "/ui/types/{task}", "/ui/audit", "/ui/mail", "/ui/example",
    ];

    /// <summary>The files are everybody's: what they show is asked for with a key.</summary>
    public static void UsePageFiles(this WebApplication app) =>
        app.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = file => Protect(file.Context.Response) });

    public static void MapPages(this WebApplication app)
    {
        app.MapGet("/", () => TypedResults.Redirect("/ui")).AllowAnonymous().ExcludeFromDescription();
        foreach (var path in s_paths)
        {
            // Whose key it is only the grid knows, and a page has to say that the grid does not answer. There is nothing in it: what it shows is asked for with the key.
            app.MapGet(path, ShowAsync).AllowAnonymous().ExcludeFromDescription();
        }
    }

    private static Task ShowAsync(HttpContext http, IWebHostEnvironment environment, IOptions<AccessOptions> access)
    {
        if (access.Value.IsClosed && !ApiKeyHandler.HasKey(http.Request))
        {
            http.Response.Redirect(SignIn.PathFrom(http));
            return Task.CompletedTask;
        }

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
