using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace TaskGrid.Deployment;

public sealed class When_the_packages_are_used(PackageFolder packages) : IClassFixture<PackageFolder>
{
    private const string AdminKey = "the-admin-key-of-the-tests-0123456789";

    [Theory]
    [InlineData("TaskGrid.Grains.Interfaces", "Microsoft.Orleans.Sdk")]
    [InlineData("TaskGrid.Grains", "TaskGrid.Grains.Interfaces")]
    [InlineData("TaskGrid.Testing", "TaskGrid.Grains")]
    public async Task Each_is_complete(string id, string dependency)
    {
        var (entries, metadata) = await packages.ReadAsync(id);
        string? Value(string name) => metadata.Elements().SingleOrDefault(e => e.Name.LocalName == name)?.Value;

        Assert.Contains($"lib/net10.0/{id}.dll", entries);
        Assert.Contains($"lib/net10.0/{id}.xml", entries);
        Assert.Contains("README.md", entries);
        Assert.Equal((id, "MIT", "README.md"), (Value("id"), Value("license"), Value("readme")));
        Assert.Contains(metadata.Descendants(), e => e.Name.LocalName == "dependency" && e.Attribute("id")!.Value == dependency);
        Assert.Single(Directory.GetFiles(packages.Path, $"{id}.0.*.snupkg"));
    }

    [Fact]
    public async Task The_tests_of_an_application_run_on_the_testing_kit_without_Redis()
    {
        packages.CopySample("Shop");
        var tests = await packages.BuildSampleAsync("Shop.Tests");

        var output = await Script.RunAsync(Path.GetDirectoryName(tests)!, "dotnet", tests);

        Assert.Matches("Total: [1-9][0-9]*, Errors: 0, Failed: 0, Skipped: 0", output);
    }

    [Fact]
    public async Task An_application_runs_its_own_tasks_and_another_submits_to_it()
    {
        Need.Programs("redis-server");
        var (shopDll, webDll) = (await packages.BuildSampleAsync("Shop"), await packages.BuildSampleAsync("Shop.Web"));
        await using var redis = await RedisServer.StartAsync();
        var (shopPort, webPort) = (Ports.Free(), Ports.Free());
        await using var shop = await StartAsync(shopDll, shopPort, redis);
        await using var web = await StartAsync(webDll, webPort, redis);
        using var http = new HttpClient();

        var accepted = await PostAsync(http, $"http://127.0.0.1:{shopPort}/orders", new { number = "A-17", prices = new[] { 10.50m, 4.25m }, country = "de" });
        using var refused = await http.PostAsJsonAsync($"http://127.0.0.1:{shopPort}/orders", new { number = "A-18", prices = new[] { 1m }, country = "" });
        var discount = await PostAsync(http, $"http://127.0.0.1:{webPort}/discount?price=80&percent=25");
        var invoice = await FinalAsync(http, $"http://127.0.0.1:{shopPort}/tasks/{accepted.GetProperty("id").GetString()}");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(60, discount.GetDecimal());
        Assert.Equal("Succeeded", invoice.GetProperty("state").GetString());
        Assert.Equal(["order"], invoice.GetProperty("tags").EnumerateArray().Select(t => t.GetString()));
        Assert.Equal(17.55m, invoice.GetProperty("result").GetProperty("total").GetDecimal());
    }

    /// <summary>It has one package, an address and a key: no cluster, no Redis.</summary>
    [Fact]
    public async Task An_application_outside_of_the_cluster_submits_over_http()
    {
        Need.Programs("redis-server");
        var (shopDll, remoteDll) = (await packages.BuildSampleAsync("Shop"), await packages.BuildSampleAsync("Shop.Http"));
        await using var redis = await RedisServer.StartAsync();
        var (gridPort, remotePort) = (Ports.Free(), Ports.Free());
        await using var shop = await StartAsync(shopDll, Ports.Free(), redis);
        await using var grid = await StartAsync(Path.Combine(AppContext.BaseDirectory, "TaskGrid.Client.Web.dll"), gridPort, redis, ("Access__AdminKey", AdminKey));
        using var admin = new HttpClient { BaseAddress = new($"http://127.0.0.1:{gridPort}") };
        admin.DefaultRequestHeaders.Authorization = new("Bearer", AdminKey);
        var key = await PostAsync(admin, "api/v1/keys", new { name = "remote", roles = new[] { "submit", "read" }, tasks = new[] { "discount" } });
        await using var remote = await ServerProcess.StartAsync(remoteDll, "Application started", new Dictionary<string, string>
        {
            ["TaskGrid__Http__Address"] = $"http://127.0.0.1:{gridPort}",
            ["TaskGrid__Http__Key"] = key.GetProperty("key").GetString()!,
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{remotePort}",
        });
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{remotePort}/discounts/") };

        var prices = new List<decimal>();
        foreach (var query in new[] { "D-1?price=80&percent=25", "D-1?price=80&percent=25", "D-2?price=10&percent=50" })
        {
            using var answer = await http.PutAsync(new Uri(query, UriKind.Relative), null);
            prices.Add(await answer.Content.ReadFromJsonAsync<decimal>());
        }

        using var reused = await http.PutAsync(new Uri("D-1?price=90&percent=25", UriKind.Relative), null);
        var list = await http.GetFromJsonAsync<JsonElement>("../discounts");

        Assert.Equal([60, 60, 5], prices);
        Assert.Equal(HttpStatusCode.BadRequest, reused.StatusCode);
        Assert.Equal(["Succeeded", "Succeeded"], list.EnumerateArray().Select(t => t.GetProperty("state").GetString()));
    }

    private static Task<ServerProcess> StartAsync(string dll, int port, RedisServer redis, params (string Name, string Value)[] settings) => ServerProcess.StartAsync(
        dll,
        "Application started",
        new Dictionary<string, string>(settings.Select(s => KeyValuePair.Create(s.Name, s.Value)))
        {
            ["ConnectionStrings__redis"] = redis.ConnectionString,
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
            ["TaskGrid__SiloPort"] = $"{Ports.Free()}",
            ["TaskGrid__GatewayPort"] = $"{Ports.Free()}",
        });

    private static async Task<JsonElement> PostAsync(HttpClient http, string url, object? body = null)
    {
        using var answer = await http.PostAsJsonAsync(url, body);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    // Each request waits up to ten seconds in the sample.
    private static async Task<JsonElement> FinalAsync(HttpClient http, string url)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var task = await http.GetFromJsonAsync<JsonElement>(url);
            if (task.GetProperty("state").GetString() is "Succeeded" or "Failed" or "Cancelled" || limit.IsCancellationRequested)
            {
                return task;
            }
        }
    }
}
