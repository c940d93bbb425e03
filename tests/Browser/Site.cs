using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using TaskGrid.Browser;
using TaskGrid.Hosting;

[assembly: AssemblyFixture(typeof(Site))]
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace TaskGrid.Browser;

/// <summary>
/// What the pages are tried on: a Redis, a web application that is a silo too and asks nobody for a key, another one that does, both of one grid;
/// and a Chromium. Silos of their own processes are started where a test needs them.
/// </summary>
public sealed class Site : IAsyncLifetime
{
    public const string AdminKey = "the-admin-key-of-the-browser-tests-0123456789";

    private static readonly string? s_chromium = Programs.Find("chromium");

    private RedisServer? _redis;
    private WebApplication? _open;
    private WebApplication? _closed;
    private IPlaywright? _playwright;

    /// <summary>The API of the web application that asks nobody for a key.</summary>
    public HttpClient Api { get; private set; } = null!;

    public string Address { get; private set; } = "";

    /// <summary>The web application that asks for a key.</summary>
    public string ClosedAddress { get; private set; } = "";

    internal IBrowser Chromium { get; private set; } = null!;

    /// <summary>Skips a test on a machine that has not got what it needs.</summary>
    internal static void Need()
    {
        Assert.SkipWhen(s_chromium is null, "chromium is not installed (Debian: apt-get install chromium)");
        Assert.SkipWhen(RedisServer.Path is null, "redis-server is not installed (Debian: apt-get install redis-server)");
    }

    public async ValueTask InitializeAsync()
    {
        if (s_chromium is null || RedisServer.Path is null)
        {
            return;
        }

        _redis = await RedisServer.StartAsync();
        _open = await StartAsync("--TaskGrid:Silo", "true", "--Ui:TraceUrl", "https://traces.example/trace/{traceId}");
        _closed = await StartAsync("--Access:AdminKey", AdminKey);
        (Address, ClosedAddress) = (AddressOf(_open), AddressOf(_closed));
        Api = new() { BaseAddress = new(Address), Timeout = TimeSpan.FromSeconds(90) };
        _playwright = await Playwright.CreateAsync();
        // In a container there is no sandbox for root, and no GPU: Chromium would emulate one, on processors that have enough to do.
        Chromium = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = s_chromium, Args = ["--no-sandbox", "--disable-gpu"] });
        SetDefaultExpectTimeout(30_000);
    }

    public async ValueTask DisposeAsync()
    {
        if (_redis is null)
        {
            return;
        }

        await Chromium.DisposeAsync();
        _playwright!.Dispose();
        Api.Dispose();
        await _closed!.StopAsync();
        await _closed.DisposeAsync();
        await _open!.StopAsync();
        await _open.DisposeAsync();
        await _redis.DisposeAsync();
    }

    /// <summary>Changes a setting of the store while it runs.</summary>
    internal async Task ConfigureStoreAsync(string setting, string value)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{_redis!.ConnectionString},allowAdmin=true");
        await redis.GetServers()[0].ConfigSetAsync(setting, value);
    }

    /// <summary>A silo in a process of its own, with the examples' tasks.</summary>
    internal Task<ServerProcess> StartSiloAsync() => ServerProcess.StartAsync(
        Path.Combine(AppContext.BaseDirectory, "TaskGrid.Silo.dll"), "Application started",
        new Dictionary<string, string> { ["DOTNET_ENVIRONMENT"] = "Development", ["ConnectionStrings__redis"] = _redis!.ConnectionString, ["TaskGrid__Examples"] = "true" });

    /// <summary>Hands a task in over the API.</summary>
    internal async Task<string> SubmitAsync(object body)
    {
        using var response = await Api.PostAsJsonAsync("/api/v1/tasks", body, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, answer);
        return JsonDocument.Parse(answer).RootElement.GetProperty("id").GetString()!;
    }

    /// <summary>Hands a task in and waits until it is final.</summary>
    internal async Task<string> RunAsync(object body)
    {
        var id = await SubmitAsync(body);
        using var response = await Api.GetAsync($"/api/v1/tasks/{id}?wait=60", TestContext.Current.CancellationToken);
        return id;
    }

    internal async Task<JsonElement> GetAsync(string path) => await Api.GetFromJsonAsync<JsonElement>($"/api/v1{path}", TestContext.Current.CancellationToken);

    internal async Task PostAsync(string path, object? body = null)
    {
        using var response = body is null ? await Api.PostAsync($"/api/v1{path}", null, TestContext.Current.CancellationToken) : await Api.PostAsJsonAsync($"/api/v1{path}", body, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode}");
    }

    /// <summary>Revokes a key.</summary>
    internal async Task RevokeAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"{ClosedAddress}/api/v1/keys/{key.Split('_')[1]}");
        request.Headers.Authorization = new("Bearer", AdminKey);
        using var response = await Api.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}");
    }

    /// <summary>A new key of the web application that asks for one.</summary>
    internal async Task<string> KeyAsync(object what)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{ClosedAddress}/api/v1/keys") { Content = JsonContent.Create(what) };
        request.Headers.Authorization = new("Bearer", AdminKey);
        using var response = await Api.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}");
        return (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("key").GetString()!;
    }

    private async Task<WebApplication> StartAsync(params string[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = ["--urls", "http://127.0.0.1:0", "--DevMail:Port", $"{Ports.Free()}", "--ConnectionStrings:redis", _redis!.ConnectionString, "--TaskGrid:Examples", "true", .. settings],
            ContentRootPath = Path.Combine(Repository.Root, "Client.Web"),
            EnvironmentName = "Development",
        });
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.AddGridWeb();
        if (settings.Contains("--TaskGrid:Silo"))
        {
            builder.AddTaskGrid().AddTask("gate", Acts.PassAsync).AddTask("echo", (JsonElement value) => value).AddTask("say", Acts.SayAsync).AddTask("parent", Acts.SubmitTwoAsync).AddTask("guard", Acts.GuardAsync)
                .AddTask("charge", (string customer, [Sensitive] string cardNumber) => $"{customer} paid with {cardNumber[^4..]}")
                .AddTask("many", (string text, int whole, double? number, bool flag, Size size, Place place, string[] words, Place? other = null) => $"{text} {whole} {number} {flag} {size} {place} {words.Length}");
        }

        var app = builder.Build();
        app.UseGridWeb();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static string AddressOf(WebApplication app) => app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
}
