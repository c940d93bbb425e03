using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using TaskGrid.Access;
using TaskGrid.Hosting;

namespace TaskGrid.Apis;

/// <summary>Who asks.</summary>
internal static class MeApi
{
    public static Ok<Me> Read(HttpContext http, WebFeatures features, IOptions<UiOptions> ui)
    {
        var (user, scope) = (http.User, Scope.Of(http.User));
        var roles = user.FindAll(ClaimTypes.Role).Select(c => c.Value).Distinct().Order(StringComparer.Ordinal).ToList();
        var links = new MeLinks(
            features.Dashboard && May(AccessPolicies.Admin) ? "/orleans/" : null, features.Mailbox && May(AccessPolicies.Operate) && scope.IsEverything ? "/ui/mail" : null,
            features.Examples && scope.IsEverything ? "/ui/example" : null, string.IsNullOrEmpty(ui.Value.TraceUrl) ? null : ui.Value.TraceUrl);
        return TypedResults.Ok(new Me(user.Identity?.Name ?? "", roles, scope.Queues, scope.Tasks, user.HasClaim(c => c.Type == ApiKeyHandler.CookieClaim), links));

        bool May(string policy) => AccessPolicies.Roles[policy].Any(r => user.IsInRole(AccessPolicies.NameOf(r)));
    }
}

/// <summary>Who asks, and what they may do.</summary>
/// <param name="Name">The name of the key, the subject of the token, or <c>local</c> while nobody is asked for a key.</param>
/// <param name="Roles">Some of <c>submit</c>, <c>read</c>, <c>operate</c> and <c>admin</c>.</param>
/// <param name="Queues">The queues that the key is limited to; none for all.</param>
/// <param name="Tasks">The task names that the key is limited to; none for all.</param>
/// <param name="SignedIn">Whether it is a browser that has signed in.</param>
/// <param name="Links">Where else there is something for them.</param>
internal sealed record Me(string Name, IReadOnlyList<string> Roles, IReadOnlyList<string> Queues, IReadOnlyList<string> Tasks, bool SignedIn, MeLinks Links);

/// <summary>Addresses beside the API; <c>null</c> for what there is not, or not for them.</summary>
/// <param name="Orleans">The Orleans dashboard.</param>
/// <param name="Mail">The development mailbox.</param>
/// <param name="Example">The pages of the example.</param>
/// <param name="Traces">Where a trace can be looked at, with <c>{traceId}</c> in place of its id.</param>
internal sealed record MeLinks(string? Orleans, string? Mail, string? Example, string? Traces);
