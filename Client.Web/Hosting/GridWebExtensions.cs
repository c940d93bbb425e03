using Orleans.Dashboard;
using TaskGrid.Access;
using TaskGrid.Apis;
using TaskGrid.DevMail;
using TaskGrid.Embedded;
using TaskGrid.Errors;
using TaskGrid.Events;
using TaskGrid.Requests;

namespace TaskGrid.Hosting;

/// <summary>What the web process consists of.</summary>
internal static class GridWebExtensions
{
    /// <summary>Adds the grid, in this process or elsewhere, and all that answering over HTTP needs.</summary>
    public static WebApplicationBuilder AddGridWeb(this WebApplicationBuilder builder)
    {
        if (HasMailbox(builder.Configuration, builder.Environment))
        {
            builder.AddDevMail();
        }

        if (builder.RunsSilo())
        {
            builder.AddSilo();
        }
        else
        {
            builder.AddGridStore();
            builder.AddTaskGridClient();
            builder.UseOrleansClient(client => client.AddDashboard(options => options.HideTrace = true).AddMemoryStreams(EventStreams.Provider));
        }

        builder.AddWebTelemetry();
        builder.WebHost.ConfigureKestrel(RequestLimits.Apply);
        builder.Services.ConfigureHttpJsonOptions(options => ApiJson.Configure(options.SerializerOptions));
        builder.AddGridAccess();
        builder.Services.AddSingleton<EventHub>();
        builder.Services.AddHostedService(services => services.GetRequiredService<EventHub>());
        builder.Services.AddSingleton<StreamLimit>();
        builder.Services.AddSingleton<EventApi>();
        builder.Services.AddGridProblems();
        builder.Services.AddGridHealth();
        builder.Services.AddGridOpenApi();
        return builder;
    }

    /// <summary>Maps the API, the health checks, the metrics, the pages and the dashboard.</summary>
    public static WebApplication UseGridWeb(this WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseGridProblems();
        var hasSignIn = app.Configuration.GetSection(AccessOptions.Section).Get<AccessOptions>() is { IsClosed: true };
        if (hasSignIn || app.Configuration.HasExamples(app.Environment))
        {
            app.UsePageFiles();
        }

        app.UseGridAccess();
        if (hasSignIn)
        {
            app.MapSignIn();
        }

        // There is this one, and a name that is none is nowhere.
        app.MapOpenApi("/openapi/{documentName:regex(^v1$)}.json").RequireAuthorization(AccessPolicies.Any);
        app.MapApiPage().RequireAuthorization(AccessPolicies.Any);
        app.MapGridHealth();
        app.MapPrometheusScrapingEndpoint("/metrics").RequireAuthorization(AccessPolicies.Read, AccessPolicies.Whole);
        app.MapTaskGridApi();
        if (app.Configuration.HasExamples(app.Environment))
        {
            app.MapPages();
            app.MapExampleApi();
        }

        if (HasMailbox(app.Configuration, app.Environment))
        {
            app.MapGroup("").RequireAuthorization(AccessPolicies.Operate, AccessPolicies.Whole).MapDevMail();
        }

        // The dashboard shows arguments and results: it has no login of its own.
        if (app.Configuration.GetValue("Dashboard:Enabled", app.Environment.IsDevelopment()))
        {
            app.MapOrleansDashboard("/orleans").RequireAuthorization(AccessPolicies.Admin).ExcludeFromDescription();
        }

        return app;
    }

    // Elsewhere than in development mail has to arrive.
    private static bool HasMailbox(IConfiguration configuration, IHostEnvironment environment) =>
        environment.IsDevelopment() && configuration.HasExamples(environment);

    private static bool RunsSilo(this WebApplicationBuilder builder) =>
        string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString("redis")) || builder.Configuration.GetValue("TaskGrid:Silo", false);
}
