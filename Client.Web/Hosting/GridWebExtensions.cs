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
        var features = WebFeatures.Of(builder.Configuration, builder.Environment);
        builder.Services.AddSingleton(features);
        if (features.Mailbox)
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
        builder.Services.AddOptions<UiOptions>().BindConfiguration(UiOptions.Section).ValidateDataAnnotations().ValidateOnStart();
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
        app.UsePageFiles();
        app.UseGridAccess();
        if (app.Configuration.GetSection(AccessOptions.Section).Get<AccessOptions>() is { IsClosed: true })
        {
            app.MapSignIn();
        }

        // There is this one, and a name that is none is nowhere.
        app.MapOpenApi("/openapi/{documentName:regex(^v1$)}.json").RequireAuthorization(AccessPolicies.Any);
        app.MapApiPage().RequireAuthorization(AccessPolicies.Any);
        app.MapGridHealth();
        app.MapPrometheusScrapingEndpoint("/metrics").RequireAuthorization(AccessPolicies.Read, AccessPolicies.Whole);
        app.MapTaskGridApi();
        app.MapPages();
        var features = app.Services.GetRequiredService<WebFeatures>();
        if (features.Examples)
        {
            app.MapExampleApi();
        }

        if (features.Mailbox)
        {
            app.MapGroup("").RequireAuthorization(AccessPolicies.Operate, AccessPolicies.Whole).MapDevMail();
        }

        // The dashboard shows arguments and results: it has no login of its own.
        if (features.Dashboard)
        {
            app.MapOrleansDashboard("/orleans").RequireAuthorization(AccessPolicies.Admin).ExcludeFromDescription();
        }

        return app;
    }

    private static bool RunsSilo(this WebApplicationBuilder builder) =>
        string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString("redis")) || builder.Configuration.GetValue("TaskGrid:Silo", false);
}
