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
        // Scopes are one string with spaces between (RFC 8693); roles are names, which may have spaces in them.
        var roles = identity.FindAll(claim).SelectMany(c => claim is "scope" or "scp" ? c.Value.Split(' ') : [c.Value]).ToHashSet(StringComparer.Ordinal);
        // What the token itself says under the names that count here counts nothing.
        foreach (var own in identity.FindAll(c => c.Type is ClaimTypes.Role or ApiKeyHandler.KeyClaim or ApiKeyHandler.HolderClaim or ApiKeyHandler.CookieClaim or Scope.QueueClaim or Scope.TaskClaim).ToList())
        {
            identity.RemoveClaim(own);
        }

        identity.AddClaim(new(ApiKeyHandler.KeyClaim, $"jwt:{identity.Name}"));
        identity.AddClaim(new(ApiKeyHandler.HolderClaim, $"jwt:{identity.Name}"));
        identity.AddClaims(Enum.GetValues<AccessRole>().Select(AccessPolicies.NameOf).Where(n => roles.Contains(Prefix + n)).Select(n => new Claim(identity.RoleClaimType, n)));
        return Task.CompletedTask;
    }
}
