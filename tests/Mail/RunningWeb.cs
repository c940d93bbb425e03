using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TaskGrid.MailTests;

/// <summary>A web application with the development mailbox on free loopback ports, serving the pages of the real one.</summary>
internal sealed class RunningWeb : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningWeb(WebApplication app)
    {
        _app = app;
        Http = new() { BaseAddress = new(app.Urls.Single()) };
    }

    public HttpClient Http { get; }

    public int SmtpPort => _app.Services.GetRequiredService<SmtpSink>().Port;

    public static async Task<RunningWeb> StartAsync(string environment = "Development")
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment, ContentRootPath = ClientWeb() });
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("DevMail:Port", (string?)"0"), KeyValuePair.Create("urls", (string?)"http://127.0.0.1:0")]);
        builder.Logging.ClearProviders();
        builder.AddDevMail();
        var app = builder.Build();
        app.UseStaticFiles();
        app.MapDevMail();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }

    private static string ClientWeb()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Orleans.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return Path.Combine(folder.FullName, "Client.Web");
    }
}
