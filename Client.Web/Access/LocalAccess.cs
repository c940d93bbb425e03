using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace TaskGrid.Access;

/// <summary>While no key is configured, whoever asks on this machine may do everything.</summary>
internal sealed class LocalAccess(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Name = "Local";

    private static readonly ClaimsIdentity s_identity = new([new(ClaimTypes.Name, "local"), new(ClaimTypes.Role, AccessPolicies.Admin)], Name);

    /// <summary>
    /// Why a request does not come from this machine's user, if it does not: a browser may be led here by another site, under that site's name
    /// or from its pages, and a proxy may have let in anybody.
    /// </summary>
    public static TaskRefusal? Check(HttpContext http) =>
        http.Connection.RemoteIpAddress is not { } remote || !IPAddress.IsLoopback(remote) || http.Request.Headers.Keys.Any(IsOfAProxy)
            ? new(Errors.ApiErrorCodes.Forbidden, "Without a key only this machine is served: set Access__AdminKey.")
        : !IsLoopback(http.Request.Host.Host)
            ? new(Errors.ApiErrorCodes.InvalidHost, "Without a key this is served as localhost only: set Access__AdminKey.")
        : OwnPages.IsForeign(http.Request) ? OwnPages.Refusal
        : null;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
        Task.FromResult(AuthenticateResult.Success(new(new(s_identity), Scheme.Name)));

    private static bool IsOfAProxy(string header) =>
        header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase) || header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Via", StringComparison.OrdinalIgnoreCase) || header.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase);

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
