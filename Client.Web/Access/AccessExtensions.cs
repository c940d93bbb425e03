using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TaskGrid.Errors;

namespace TaskGrid.Access;

/// <summary>The door of the web process: who is served at all, who they are, and how often they may ask.</summary>
internal static class AccessExtensions
{
    private const string Who = "Who";

    public static WebApplicationBuilder AddGridAccess(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<AccessOptions>().BindConfiguration(AccessOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<KeyRing>();
        builder.Services.AddSingleton<SignInLimit>();
        builder.Services.AddAuthorization(AccessPolicies.Add);
        var access = builder.Configuration.GetSection(AccessOptions.Section).Get<AccessOptions>() ?? new();
        var authentication = builder.Services.AddAuthentication(access.IsClosed ? Who : LocalAccess.Name);
        if (!access.IsClosed)
        {
            authentication.AddScheme<AuthenticationSchemeOptions, LocalAccess>(LocalAccess.Name, null);
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(RefuseOthers));
            return builder;
        }

        authentication
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.Name, null)
            .AddPolicyScheme(Who, null, options => options.ForwardDefaultSelector = http => access.JwtAuthority is not null && !ApiKeyHandler.IsForEverybody(http) && IsJwt(ApiKeyHandler.HeaderOf(http.Request))
                ? JwtBearerDefaults.AuthenticationScheme
                : ApiKeyHandler.Name);
        if (access.JwtAuthority is not null)
        {
            authentication.AddJwtBearer(options => Configure(options, access));
        }

        if (access.RequestsPerSecond > 0)
        {
            builder.Services.AddRateLimiter(options => Configure(options, access.RequestsPerSecond));
        }

        return builder;
    }

    /// <summary>After errors are answered as problems, before any endpoint.</summary>
    public static WebApplication UseGridAccess(this WebApplication app)
    {
        var access = app.Configuration.GetSection(AccessOptions.Section).Get<AccessOptions>() ?? new();
        app.UseRouting();
        if (!access.IsClosed)
        {
            app.Use((http, next) => LocalAccess.Check(http) is { } refusal ? Problems.Of(refusal).ExecuteAsync(http) : next(http));
        }

        app.UseAuthentication();
        // A cookie comes along by itself, whoever made the browser ask.
        app.Use((http, next) => http.User.HasClaim(c => c.Type == ApiKeyHandler.CookieClaim) && OwnPages.IsForeign(http.Request)
            ? Problems.Of(OwnPages.Refusal).ExecuteAsync(http)
            : next(http));
        if (access is { IsClosed: true, RequestsPerSecond: > 0 })
        {
            app.UseRateLimiter();
        }

        app.UseAuthorization();
        app.UseAuditTrail();
        return app;
    }

    private static void RefuseOthers(ListenOptions listen)
    {
        // Who is at the other end of anything but an address, nobody can say.
        if (listen.IPEndPoint is not { } endpoint || !IPAddress.IsLoopback(endpoint.Address))
        {
            throw new InvalidOperationException(
                $"No key is configured, so only this machine may be served, and {listen} is for others too. Set Access__AdminKey to at least 32 characters that nobody can guess"
                + " (deploy/new-key.sh makes them), or listen on http://localhost alone.");
        }
    }

    // A token has three parts; no key has a dot.
    private static bool IsJwt(string? text) => text is not null && text.Count(c => c == '.') == 2;

    private static void Configure(JwtBearerOptions options, AccessOptions access)
    {
        options.Authority = access.JwtAuthority;
        options.Audience = access.JwtAudience;
        options.MapInboundClaims = false;
        options.RequireHttpsMetadata = access.JwtAuthority!.StartsWith(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);
        options.TokenValidationParameters.NameClaimType = "sub";
        options.Events = new() { OnTokenValidated = token => JwtRoles.Take(token, access.JwtRoleClaim) };
    }

    private static void Configure(RateLimiterOptions options, int perSecond)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.OnRejected = (context, _) =>
        {
            context.HttpContext.Response.Headers.RetryAfter = "1";
            return new(Problems.Of(new(ApiErrorCodes.TooManyRequests, $"This key may make {perSecond} requests a second: wait a moment.")).ExecuteAsync(context.HttpContext));
        };
        options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http =>
            http.User.FindFirst(ApiKeyHandler.KeyClaim)?.Value is { } key
            ? RateLimitPartition.GetTokenBucketLimiter(key, _ => new()
            {
                TokenLimit = perSecond * 2,
                TokensPerPeriod = perSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                AutoReplenishment = true,
            })
            : RateLimitPartition.GetNoLimiter(""));
    }
}
