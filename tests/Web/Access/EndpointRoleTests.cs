using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TaskGrid.Access;
using Xunit;

namespace TaskGrid.Tests.Web.Access;

/// <summary>Every endpoint with every role, over the network.</summary>
public sealed class EndpointRoleTests(ClosedProcess process)
{
    private static readonly string[] s_roles = ["submit", "read", "operate", "admin"];

    // What each endpoint is for; one that is not here fails the test, so that none is added without thinking of it.
    private static readonly Dictionary<string, string> s_policies = new()
    {
        ["POST /api/v1/tasks"] = "submit",
        ["POST /api/v1/tasks/batch"] = "submit",
        ["GET /api/v1/tasks"] = "read",
        ["GET /api/v1/tasks/{id}"] = "read",
        ["GET /api/v1/tasks/{id}/result"] = "read",
        ["GET /api/v1/tasks/{id}/attempts"] = "read",
        ["GET /api/v1/tasks/{id}/log"] = "read",
        ["POST /api/v1/tasks/{id}/cancel"] = "operate",
        ["PATCH /api/v1/tasks/{id}"] = "operate",
        ["POST /api/v1/tasks/{id}/retry"] = "operate",
        ["DELETE /api/v1/tasks/{id}"] = "operate",
        ["GET /api/v1/queues"] = "read",
        ["GET /api/v1/queues/{queue}"] = "read",
        ["PUT /api/v1/queues/{queue}"] = "operate",
        ["POST /api/v1/queues/{queue}/pause"] = "operate",
        ["POST /api/v1/queues/{queue}/resume"] = "operate",
        ["GET /api/v1/workers"] = "read",
        ["GET /api/v1/workers/{worker}"] = "read",
        ["PUT /api/v1/workers/{worker}/queues"] = "operate",
        ["POST /api/v1/workers/{worker}/drain"] = "operate",
        ["POST /api/v1/workers/{worker}/resume"] = "operate",
        ["GET /api/v1/tasks/{id}/events"] = "read",
        ["GET /api/v1/events"] = "read",
        ["GET /api/v1/stats"] = "read",
        ["GET /api/v1/stats/errors"] = "read",
        ["GET /api/v1/me"] = "any",
        ["GET /api/v1/task-types"] = "any",
        ["GET /api/v1/task-types/{task}"] = "any",
        ["POST /api/v1/bulk"] = "operate",
        ["POST /api/v1/bulk/count"] = "read",
        ["GET /api/v1/bulk/{id}"] = "read",
        ["GET /api/v1/health"] = "read",
        ["GET /api/v1/audit"] = "admin",
        ["GET /api/v1/keys"] = "admin",
        ["POST /api/v1/keys"] = "admin",
        ["POST /api/v1/keys/{id}/rotate"] = "admin",
        ["DELETE /api/v1/keys/{id}"] = "admin",
        ["GET /openapi/{documentName:regex(^v1$)}.json"] = "any",
        ["GET /scalar/{documentName?}"] = "any",
        ["GET /scalar/scalar.js"] = "anonymous",
        ["GET /scalar/scalar.aspnetcore.js"] = "anonymous",
        ["GET /scalar/favicon.svg"] = "anonymous",
        ["GET /metrics"] = "read",
        ["GET /health/live"] = "anonymous",
        ["GET /health/ready"] = "anonymous",
        ["GET /signin"] = "anonymous",
        ["POST /signin"] = "anonymous",
        ["POST /signout"] = "anonymous",
        ["GET /"] = "anonymous",
        ["GET /ui"] = "anonymous",
        ["GET /ui/tasks"] = "anonymous",
        ["GET /ui/tasks/{id}"] = "anonymous",
        ["GET /ui/queues"] = "anonymous",
        ["GET /ui/workers"] = "anonymous",
        ["GET /ui/types"] = "anonymous",
        ["GET /ui/types/{task}"] = "anonymous",
        ["GET /ui/audit"] = "anonymous",
        ["GET /ui/mail"] = "anonymous",
        ["GET /ui/example"] = "anonymous",
        ["POST /send_email"] = "submit",
        ["POST /tasks/add"] = "submit",
        ["POST /tasks/block"] = "submit",
        ["POST /tasks/process"] = "submit",
        ["GET /tasks/result/{id}"] = "read",
        ["GET /dev/mail"] = "operate",
        ["GET /dev/mail/{id:long}"] = "operate",
        ["GET /dev/mail/server"] = "operate",
        ["DELETE /dev/mail"] = "operate",
    };

    private static readonly Dictionary<string, string[]> s_letsIn = new()
    {
        ["any"] = s_roles,
        ["submit"] = ["submit", "admin"],
        ["read"] = ["read", "operate", "admin"],
        ["operate"] = ["operate", "admin"],
        ["admin"] = ["admin"],
    };

    [Fact]
    public async Task Every_endpoint_lets_in_whom_it_is_for_and_nobody_else()
    {
        var clients = new Dictionary<string, HttpClient> { [""] = process.ClientOf(null), ["wrong"] = process.ClientOf("tg_0123456789abcdef_" + new string('x', 43)) };
        foreach (var role in s_roles)
        {
            clients[role] = process.ClientOf((await process.KeyAsync($$"""{"name":"{{role}}","roles":["{{role}}"]}""")).Key);
        }

        var (wrong, asked) = (new List<string>(), 0);
        var endpoints = Endpoints().ToList();
        foreach (var (name, method, path, endpoint) in endpoints)
        {
            var policy = path.StartsWith("/orleans", StringComparison.Ordinal) ? "admin" : s_policies.GetValueOrDefault(name) ?? "";
            if (policy != PolicyOf(endpoint))
            {
                wrong.Add($"{name} has the policy '{PolicyOf(endpoint)}' and should have '{policy}'");
                continue;
            }

            foreach (var (who, client) in clients)
            {
                var status = await AskAsync(client, method, path);
                asked++;
                // The trace is hidden from everybody.
                var expected = path == "/orleans/Trace" && who == "admin" ? 403 : policy == "anonymous" ? 0 : who is "" or "wrong" ? 401 : s_letsIn[policy].Contains(who) ? 0 : 403;
                // What Orleans' dashboard makes of an address that is none is its own affair.
                var failed = status >= 500 && !path.StartsWith("/orleans", StringComparison.Ordinal);
                if (expected == 0 ? failed || status is 401 or 403 : status != expected)
                {
                    wrong.Add($"{name} answers {(who.Length == 0 ? "nobody" : who)} with {status}");
                }
            }
        }

        Assert.Empty(wrong);
        Assert.Empty(s_policies.Keys.Except(endpoints.Select(e => e.Name)));
        TestContext.Current.TestOutputHelper?.WriteLine($"N = {asked} requests: {endpoints.Count} endpoints, {clients.Count} callers");
    }

    /// <summary>Whatever is added later is closed until it says whom it is for.</summary>
    [Fact]
    public async Task An_endpoint_that_says_nothing_is_closed_and_what_is_nowhere_is_not_found()
    {
        using var fault = await process.Admin.ReadAsync("/undecided");
        await fault.ProblemAsync(403, "forbidden");
        using var nowhere = await process.ClientOf(null).ReadAsync("/nowhere");
        await nowhere.ProblemAsync(404, "not_found");
    }

    private static async Task<int> AskAsync(HttpClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new(method), Regex.Replace(path, @"\{documentName:[^}]*\}", "v1") is var named ? Regex.Replace(Regex.Replace(named, @"\{[^}]*:(long|int)\}", "1"), @"\{[^}]*\}", "nobody") : "");
        if (method is "POST" or "PUT" or "PATCH")
        {
            // Before anybody is asked who they are, routing looks at what the endpoint takes.
            request.Content = path.StartsWith("/api", StringComparison.Ordinal)
                ? new StringContent("{}", Encoding.UTF8, "application/json")
                : new StringContent("a=1", Encoding.UTF8, "application/x-www-form-urlencoded");
        }

        // Events have no end.
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }

    private IEnumerable<(string Name, string Method, string Path, RouteEndpoint Endpoint)> Endpoints() =>
        from source in process.Web.App.Services.GetServices<EndpointDataSource>()
        from endpoint in source.Endpoints.OfType<RouteEndpoint>()
        let path = "/" + endpoint.RoutePattern.RawText!.Trim('/')
        where path is not ("/fault" or "/unavailable" or "/undecided")
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]
        select ($"{method} {path}", method, path, endpoint);

    private static string PolicyOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null ? "anonymous" : string.Join('+', endpoint.Metadata.OfType<IAuthorizeData>().Select(a => a.Policy).Where(p => p != AccessPolicies.Whole));
}
