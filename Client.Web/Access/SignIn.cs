using Microsoft.AspNetCore.Http.HttpResults;
using TaskGrid.Errors;

namespace TaskGrid.Access;

/// <summary>
/// Signs a browser in: the key that its user types is exchanged for one of the browser's own, in a cookie that no script reads and no other
/// site sends along. It goes with the key that it was got with, when the user signs out, and after twelve hours.
/// </summary>
internal static class SignIn
{
    public const string Path = "/signin";
    public const string Return = "return";
    public const string Cookie = "taskgrid_key";

    private const int LongestKey = 4096;
    private static readonly TimeSpan s_lasts = TimeSpan.FromHours(12);

    /// <summary>The way to sign in, and back to what was asked for.</summary>
    public static string PathFrom(HttpContext http) => $"{http.Request.PathBase}{Path}?{Return}={Uri.EscapeDataString($"{http.Request.Path}{http.Request.QueryString}")}";

    /// <summary>Whether somebody at a browser is to see the answer.</summary>
    public static bool IsPage(HttpContext http) => http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    public static void MapSignIn(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Path, ShowAsync).AllowAnonymous().ExcludeFromDescription();
        endpoints.MapPost(Path, EnterAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
        endpoints.MapPost("/signout", LeaveAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
    }

    private static Task ShowAsync(HttpContext http, IWebHostEnvironment environment)
    {
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.ContentSecurityPolicy = SecurityHeaders.Page;
        return http.Response.SendFileAsync(environment.WebRootFileProvider.GetFileInfo("ui/signin.html"), http.RequestAborted);
    }

    private static async Task<Results<RedirectHttpResult, ProblemHttpResult>> EnterAsync(HttpContext http, KeyRing ring, ApiKeyClient keys, SignInLimit limit, TimeProvider time)
    {
        if (OwnPages.IsForeign(http.Request))
        {
            return Problems.Of(OwnPages.Refusal);
        }

        try
        {
            return await EnterAnyAsync(http, ring, keys, limit, time);
        }
        catch (GridUnavailableException) when (IsPage(http))
        {
            return Again(http, "unavailable");
        }
    }

    private static async Task<Results<RedirectHttpResult, ProblemHttpResult>> EnterAnyAsync(HttpContext http, KeyRing ring, ApiKeyClient keys, SignInLimit limit, TimeProvider time)
    {
        var typed = await TypedAsync(http.Request);
        if (typed.Length is 0 or > LongestKey || await ring.FindAsync(typed) is not { SignedInWith: null } key)
        {
            return Again(http, "wrong");
        }

        if (!limit.MayEnter(key.Id))
        {
            if (IsPage(http))
            {
                return Again(http, "busy");
            }

            http.Response.Headers.RetryAfter = "1";
            return Problems.Of(new(ApiErrorCodes.TooManyRequests, "This key signs in too often: wait a moment."));
        }

        await AuditTrail.SignInAsync(http, key);
        var (now, own) = (time.GetUtcNow(), ApiKeyText.New());
        var ends = key.ExpiresAt < now + s_lasts ? key.ExpiresAt.Value : now + s_lasts;
        try
        {
            await keys.PutAsync(key with { Id = own.Id, Hash = own.Hash, SignedInWith = key.Id, SignedInHash = key.Hash, CreatedAt = now, ExpiresAt = ends }, http.RequestAborted);
        }
        catch (TaskRefusedException)
        {
            // Revoked this moment.
            return Again(http, "wrong");
        }

        ring.Changed();
        http.Response.Cookies.Append(Cookie, own.ToString(), Options(http, ends - now));
        return TypedResults.Redirect(LocalPath(http));
    }

    private static async Task<Results<RedirectHttpResult, ProblemHttpResult>> LeaveAsync(HttpContext http, KeyRing ring, ApiKeyClient keys)
    {
        if (OwnPages.IsForeign(http.Request))
        {
            return Problems.Of(OwnPages.Refusal);
        }

        if (http.Request.Cookies[Cookie] is { } text && await ring.FindAsync(text) is { SignedInWith: not null } own)
        {
            await keys.RemoveAsync(own.Id, http.RequestAborted);
            ring.Changed();
        }

        http.Response.Cookies.Delete(Cookie, Options(http, null));
        return TypedResults.Redirect($"{http.Request.PathBase}{Path}");
    }

    private static async Task<string> TypedAsync(HttpRequest request)
    {
        try
        {
            return request.HasFormContentType ? (await request.ReadFormAsync(request.HttpContext.RequestAborted))["key"].ToString().Trim() : "";
        }
        catch (InvalidDataException)
        {
            return "";
        }
    }

    // The page says why, by this word.
    private static RedirectHttpResult Again(HttpContext http, string why) => TypedResults.Redirect($"{http.Request.PathBase}{Path}?{why}&{Return}={Uri.EscapeDataString(LocalPath(http))}");

    private static CookieOptions Options(HttpContext http, TimeSpan? lasts) => new()
    {
        HttpOnly = true,
        IsEssential = true,
        MaxAge = lasts,
        Path = "/",
        SameSite = SameSiteMode.Strict,
        Secure = http.Request.IsHttps || http.Request.Headers["X-Forwarded-Proto"] == "https",
    };

    /// <summary>Where the user wanted to go, if that is here.</summary>
    private static string LocalPath(HttpContext http) =>
        http.Request.Query[Return].ToString() is { } path && path.StartsWith('/') && !path.StartsWith("//", StringComparison.Ordinal) && !path.Contains('\\') && !path.Any(char.IsControl)
            ? path
            : "/";
}
