using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace TaskGrid.Access;

/// <summary>
/// Knows whoever brings a key: as <c>Authorization: Bearer</c>, as <c>X-Api-Key</c>, or in the cookie of a browser that has signed in. Never in
/// the address, which ends up in logs.
/// </summary>
internal sealed class ApiKeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, KeyRing keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Name = "ApiKey";
    public const string Header = "X-Api-Key";

    /// <summary>The claim that has the key's id.</summary>
    public const string KeyClaim = "taskgrid.key";

    /// <summary>The claim that says whose key it is: it outlives the key's rotation.</summary>
    public const string HolderClaim = "taskgrid.holder";

    /// <summary>The claim that a browser's cookie has brought the key, by itself: another site's page could have made the browser ask.</summary>
    public const string CookieClaim = "taskgrid.cookie";

    private const string Bearer = "Bearer ";

    /// <summary>Whether a request brings a key in a header.</summary>
    public static string? HeaderOf(HttpRequest request) =>
        request.Headers.Authorization.ToString() is { } header && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim()
        : request.Headers[Header].ToString() is { Length: > 0 } key ? key
        : null;

    /// <summary>Whether a request brings something that may be a key.</summary>
    public static bool HasKey(HttpRequest request) => HeaderOf(request) is not null || request.Cookies.ContainsKey(SignIn.Cookie);

    /// <summary>Whether nobody is asked: whoever wants to know whether this process lives need not wait for somebody to say whose key they have.</summary>
    public static bool IsForEverybody(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = HeaderOf(Request);
        if (IsForEverybody(Context) || (header ?? Request.Cookies[SignIn.Cookie]) is not { } text)
        {
            return AuthenticateResult.NoResult();
        }

        if (await keys.FindAsync(text) is not { } key || (header is null) != (key.SignedInWith is not null))
        {
            return AuthenticateResult.Fail("The key is none, or none any more.");
        }

        AccessLife.Set(Context, () => keys.IsStillAsync(key));
        return AuthenticateResult.Success(new(PrincipalOf(key), Scheme.Name));
    }

    /// <summary>A page is answered with the way to sign in, a program with what it should have brought.</summary>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (HttpMethods.IsGet(Request.Method) && SignIn.IsPage(Context))
        {
            Response.Redirect(SignIn.PathFrom(Context));
            return Task.CompletedTask;
        }

        Response.Headers.WWWAuthenticate = "Bearer";
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    private ClaimsPrincipal PrincipalOf(StoredApiKey key)
    {
        var identity = new ClaimsIdentity(Scheme.Name);
        identity.AddClaim(new(ClaimTypes.Name, key.Name));
        identity.AddClaim(new(KeyClaim, key.SignedInWith ?? key.Id));
        identity.AddClaim(new(HolderClaim, key.Holder));
        identity.AddClaims(key.Roles.Select(r => new Claim(ClaimTypes.Role, AccessPolicies.NameOf(r))));
        identity.AddClaims(key.Queues.Select(q => new Claim(Scope.QueueClaim, q)));
        identity.AddClaims(key.Tasks.Select(t => new Claim(Scope.TaskClaim, t)));
        if (key.SignedInWith is not null)
        {
            identity.AddClaim(new(CookieClaim, key.Id));
        }

        return new(identity);
    }
}
