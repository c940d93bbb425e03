using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using TaskGrid.Access;
using TaskGrid.Hosting;
using TaskGrid.Kit;
using TaskGrid.Tests.Web;
using TaskGrid.Tests.Web.BadInput;

[assembly: Xunit.AssemblyFixture(typeof(SingleProcess))]

namespace TaskGrid.Tests.Web;

/// <summary>The web process as Program.cs builds it, on a loopback port that the system chose.</summary>
internal sealed class RunningWeb : IAsyncDisposable
{
    private RunningWeb(WebApplication app)
    {
        App = app;
        Client = new() { BaseAddress = new(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(90) };
    }

    public HttpClient Client { get; }

    public WebApplication App { get; }

    public static async Task<RunningWeb> StartAsync(string environment, params string[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = ["--DevMail:Port", $"{Ports.Free()}", .. Addresses(settings), .. settings],
            ContentRootPath = Path.Combine(Repository.Root, "Client.Web"),
            EnvironmentName = environment,
        });
        builder.AddGridWeb();
        if (builder.Configuration["TaskGrid:Examples"] == "true")
        {
            builder.AddTaskGrid().AddTask("gate", Gate.PassAsync).AddTask("echo", (string text) => text)
                .AddTask("no_disk", void () => throw new IOException("no disk")).AddTask("report", Gate.ReportAsync).AddTask("log", Gate.LogAsync)
                .AddTask("charge", SensitiveTests.ChargeAsync).AddTask<SensitiveTests.Refund, SensitiveTests.RefundHandler>()
                .AddTask("mirror", BadTasks.Mirror).AddTask("throw_much", BadTasks.ThrowMuch).AddTask("throw_deeply", BadTasks.ThrowDeeply)
                .AddTask("throw_wordless", BadTasks.ThrowWordless).AddTask("throw_markup", BadTasks.ThrowMarkup);
        }

        if (builder.Configuration["Tests:Add"] == "true")
        {
            builder.AddTaskGrid().AddTask("add", (long x, long y) => unchecked(x + y));
        }

        if (builder.Configuration.GetValue<double?>("Tests:Hurry") is { } hurry)
        {
            // What the system holds of an answer counts as taken: at the rate that users have, a reader of nothing is found out after minutes.
            builder.WebHost.ConfigureKestrel(k => k.Limits.MinResponseDataRate = new(k.Limits.MinResponseDataRate!.BytesPerSecond * hurry, k.Limits.MinResponseDataRate.GracePeriod));
        }

        var app = builder.Build();
        app.UseGridWeb();
        app.MapGet("/fault", void (HttpContext _) => throw new InvalidOperationException("the secret of the house")).RequireAuthorization(AccessPolicies.Admin).ExcludeFromDescription();
        app.MapPost("/unavailable", void (HttpContext _) => throw new GridUnavailableException(ErrorCodes.GridUnavailable, "away"))
            .RequireAuthorization(AccessPolicies.Operate).WithName("Unavailable").ExcludeFromDescription();
        app.MapGet("/undecided", () => "for whom?").ExcludeFromDescription();
        await app.StartAsync();
        return new(app);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
    }

    private static string[] Addresses(string[] settings) => settings.Contains("--urls") ? [] : ["--urls", "http://127.0.0.1:0"];
}
