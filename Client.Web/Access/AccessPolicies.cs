using Microsoft.AspNetCore.Authorization;

namespace TaskGrid.Access;

/// <summary>The policies of endpoints: one for each role, and one for whoever has any. An endpoint that names none of them is closed.</summary>
internal static class AccessPolicies
{
    public const string Any = "any";
    public const string Submit = "submit";
    public const string Read = "read";
    public const string Operate = "operate";
    public const string Admin = "admin";

    /// <summary>Beside one of the others: what concerns the grid as a whole is not for keys that are limited to some queues or tasks.</summary>
    public const string Whole = "whole";

    /// <summary>The roles that each policy lets in.</summary>
    public static IReadOnlyDictionary<string, AccessRole[]> Roles { get; } = new Dictionary<string, AccessRole[]>
    {
        [Any] = [AccessRole.Submit, AccessRole.Read, AccessRole.Operate, AccessRole.Admin],
        [Submit] = [AccessRole.Submit, AccessRole.Admin],
        [Read] = [AccessRole.Read, AccessRole.Operate, AccessRole.Admin],
        [Operate] = [AccessRole.Operate, AccessRole.Admin],
        [Admin] = [AccessRole.Admin],
    };

    /// <summary>A role as claims and requests name it.</summary>
    public static string NameOf(AccessRole role) => role switch
    {
        AccessRole.Submit => Submit,
        AccessRole.Read => Read,
        AccessRole.Operate => Operate,
        _ => Admin,
    };

    public static void Add(AuthorizationOptions options)
    {
        foreach (var (name, roles) in Roles)
        {
            options.AddPolicy(name, policy => policy.RequireRole(roles.Select(NameOf)));
        }

        options.AddPolicy(Whole, policy => policy.RequireAssertion(c => Scope.Of(c.User).IsEverything));
        // What is nowhere may be answered with 404, and what does not take a method with 405: routing has an endpoint of its own for that.
        options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAssertion(c => c.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint).Build();
    }
}
