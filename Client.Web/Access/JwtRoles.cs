using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace TaskGrid.Access;

/// <summary>Takes the grid's roles out of a token's claim: <c>taskgrid.read</c> and so on, and nothing that only looks like them.</summary>
internal static class JwtRoles
{
    private const string Prefix = "taskgrid.";

    public static Task Take(TokenValidatedContext token, string claim)
    {
        var identity = (ClaimsIdentity)token.Principal!.Identity!;
        // Tokens of machines may name the client alone. Those that name nobody would all be one caller.
        if ((identity.Name ?? identity.FindFirst("client_id")?.Value ?? identity.FindFirst("azp")?.Value) is not { Length: > 0 } who)
        {
            token.Fail("The token says of nobody that it is theirs: it has no sub, client_id or azp.");
            return Task.CompletedTask;
        }

        // Scopes are one string with spaces between (RFC 8693); roles are names, which may have spaces in them.
        var roles = identity.FindAll(claim).SelectMany(c => claim is "scope" or "scp" ? c.Value.Split(' ') : [c.Value]).ToHashSet(StringComparer.Ordinal);
        // What the token itself says under the names that count here counts nothing.
        foreach (var own in identity.FindAll(c => c.Type is ClaimTypes.Role or ClaimTypes.Name or ApiKeyHandler.KeyClaim or ApiKeyHandler.HolderClaim or ApiKeyHandler.CookieClaim or Scope.QueueClaim or Scope.TaskClaim).ToList())
        {
            identity.RemoveClaim(own);
        }

        identity.AddClaim(new(ApiKeyHandler.KeyClaim, $"jwt:{who}"));
        identity.AddClaim(new(ApiKeyHandler.HolderClaim, $"jwt:{who}"));
        identity.AddClaim(new(ClaimTypes.Name, who));
        var (time, ends) = (token.HttpContext.RequestServices.GetRequiredService<TimeProvider>(), new DateTimeOffset(token.SecurityToken.ValidTo));
        AccessLife.Set(token.HttpContext, () => Task.FromResult(time.GetUtcNow() < ends));
        identity.AddClaims(Enum.GetValues<AccessRole>().Select(AccessPolicies.NameOf).Where(n => roles.Contains(Prefix + n)).Select(n => new Claim(identity.RoleClaimType, n)));
        return Task.CompletedTask;
    }
}
