using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TaskGrid.Requests;
using Xunit;

namespace TaskGrid.Tests.Web;

public sealed class HealthAndDocsTests(SingleProcess process)
{
    // Pages, probes, the document itself, Orleans' own routes and this project's test route.
    private static readonly string[] s_undocumented = ["/ui", "/health", "/metrics", "/scalar", "/openapi", "/orleans", "/signin", "/signout", "/fault", "/unavailable", "/undecided"];

    [Fact]
    public async Task A_working_grid_is_live_and_ready_and_says_what_it_keeps()
    {
        using var live = await process.Client.ReadAsync("/health/live");
        using var ready = await process.Client.ReadAsync("/health/ready");

        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        var health = await ready.JsonAsync();
        Assert.Equal("Healthy", health.Text("status"));
        Assert.Equal("Healthy", health.GetProperty("checks").GetProperty("grid").Text("status"));
        Assert.Equal("ProcessSafe", health.GetProperty("checks").GetProperty("store").GetProperty("data").Text("durability"));
    }

    [Fact]
    public async Task The_document_has_every_route_with_name_and_summary()
    {
        var paths = (await DocumentAsync()).GetProperty("paths");
        var routes = Routes().Where(route => route.Path != "/" && !s_undocumented.Any(u => $"{route.Path}/".StartsWith($"{u}/", StringComparison.Ordinal))).ToArray();

        Assert.True(routes.Length >= 9, $"Only {routes.Length} routes were found.");
        Assert.All(routes, route => Assert.All(route.Methods, method =>
        {
            var operation = paths.GetProperty(route.Path).GetProperty(method.ToLowerInvariant());
            Assert.NotEmpty(operation.Text("operationId"));
            Assert.NotEmpty(operation.Text("summary"));
        }));
        Assert.Equal(routes.Select(route => route.Path).Distinct().Order(), paths.EnumerateObject().Select(path => path.Name).Order());
    }

    [Fact]
    public async Task The_document_describes_body_snapshot_and_problem()
    {
        var document = await DocumentAsync();
        var schemas = document.GetProperty("components").GetProperty("schemas");
        var body = schemas.GetProperty("SubmitRequest");
        var submit = document.GetProperty("paths").GetProperty(Http.Tasks).GetProperty("post");

        // What is read is what is described, and every option of the client can be sent.
        Assert.Equal(SubmitReader.Names.Order(), body.GetProperty("properties").EnumerateObject().Select(p => p.Name).Order());
        Assert.Equal(
            SubmitReader.Names.Order(),
            typeof(SubmitOptions).GetProperties().Where(p => p.CanWrite).Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)).Concat(["task", "args"]).Order());
        Assert.Equal(["task"], body.GetProperty("required").EnumerateArray().Select(r => r.GetString()));
        Assert.Equal(9, body.GetProperty("properties").GetProperty("priority").GetProperty("maximum").GetInt32());
        Assert.True(schemas.GetProperty("TaskSnapshot").GetProperty("properties").TryGetProperty("interruptions", out _));
        Assert.True(schemas.GetProperty("ProblemDetails").GetProperty("properties").TryGetProperty("code", out _));
        Assert.Equal(["200", "202", "400", "401", "403", "409", "413", "415", "422", "429", "503"], submit.GetProperty("responses").EnumerateObject().Select(r => r.Name).Order());
        Assert.Equal("wait", submit.GetProperty("parameters")[0].Text("name"));
    }

    /// <summary>Somebody pastes it: whatever there is or is not, it makes sense.</summary>
    [Fact]
    public async Task Each_example_of_the_document_can_be_sent_as_it_stands()
    {
        // They configure queues and cancel what there is: not in the process that other tests share.
        var data = Directory.CreateTempSubdirectory("taskgrid-examples-");
        await using (var web = await RunningWeb.StartAsync("Development", "--TaskGrid:Examples", "true", "--TaskGrid:DataFolder", data.FullName))
        {
            await SendExamplesAsync(web.Client);
        }

        data.Delete(recursive: true);
    }

    private async Task SendExamplesAsync(HttpClient client)
    {
        var sent = 0;
        var methods = new[] { "post", "put", "patch", "get", "delete" };
        var operations = (await DocumentAsync()).GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => (Path: path.Name, Method: method.Name, Operation: method.Value)))
            .OrderBy(o => Array.IndexOf(methods, o.Method)).ToList();
        foreach (var (path, method, operation) in operations.Where(o => o.Path.StartsWith("/api/", StringComparison.Ordinal)))
        {
            var address = path;
            foreach (var parameter in operation.TryGetProperty("parameters", out var all) ? all.EnumerateArray().Where(p => p.Text("in") == "path") : [])
            {
                Assert.NotEmpty(parameter.Text("description"));
                address = address.Replace($"{{{parameter.Text("name")}}}", parameter.Text("example"), StringComparison.Ordinal);
            }

            using var request = new HttpRequestMessage(new(method.ToUpperInvariant()), address);
            if (operation.TryGetProperty("requestBody", out var body))
            {
                var example = body.GetProperty("content").GetProperty("application/json").GetProperty("example").GetRawText();
                request.Content = new StringContent(example, System.Text.Encoding.UTF8, "application/json");
            }

            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            Assert.True((int)response.StatusCode is not (400 or 415 or 422 or >= 500), $"{method} {address} was answered with {response.StatusCode}.");
            sent++;
        }

        Assert.True(sent > 30, $"Only {sent} were sent.");
    }

    [Fact]
    public async Task The_document_speaks_the_words_of_JSON()
    {
        var schemas = (await DocumentAsync()).GetProperty("components").GetProperty("schemas");

        Assert.DoesNotMatch("""(TaskState|TaskSettings|ErrorCodes|QueueSettings|BackoffKind|Delivery)\.[A-Z]|&[lg]t;""", schemas.GetRawText());
        foreach (var schema in schemas.EnumerateObject())
        {
            foreach (var property in schema.Value.TryGetProperty("properties", out var all) ? all.EnumerateObject() : [])
            {
                // Arguments, results, progress and schemas are any JSON.
                Assert.True(
                    property.Value.EnumerateObject().Any(p => p.Name is "type" or "$ref" or "oneOf" or "anyOf" or "enum") || property.Name is "args" or "result" or "progress" or "argsSchema" or "resultSchema",
                    $"{schema.Name}.{property.Name} has no type.");
            }
        }
    }

    private IEnumerable<(string Path, IReadOnlyList<string> Methods)> Routes() =>
        process.Web.App.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Select(endpoint => (
                "/" + endpoint.RoutePattern.RawText!.Trim('/').Replace(":long", "", StringComparison.Ordinal),
                endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]));

    private async Task<JsonElement> DocumentAsync()
    {
        using var response = await process.Client.ReadAsync("/openapi/v1.json");
        return await response.JsonAsync();
    }

    /// <summary>As answers are: with all members.</summary>
    [Theory]
    [InlineData("TaskSnapshot")]
    [InlineData("ProblemDetails")]
    public async Task An_example_has_all_members(string schema)
    {
        var described = (await DocumentAsync()).GetProperty("components").GetProperty("schemas").GetProperty(schema);
        var example = Assert.Single(described.GetProperty("examples").EnumerateArray());
        Assert.Equal(described.GetProperty("properties").EnumerateObject().Select(p => p.Name).Order(), example.EnumerateObject().Select(p => p.Name).Order());
    }

    /// <summary>Whoever reads the document has no other comment. A member that refers to another schema has that one's.</summary>
    [Theory]
    [InlineData("TaskSnapshot", "args, progress, result, error")]
    [InlineData("TaskSummary", "error")]
    [InlineData("BulkRequest", "state")]
    public async Task Members_are_described(string schema, string referring)
    {
        var members = (await DocumentAsync()).GetProperty("components").GetProperty("schemas").GetProperty(schema).GetProperty("properties").EnumerateObject().ToList();
        Assert.Equal(referring, string.Join(", ", members.Where(m => !m.Value.TryGetProperty("description", out _)).Select(m => m.Name)));
    }
}
