using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace TaskGrid.Hosting;

/// <summary>What the web process reports: the grid and the requests, to the collector if there is one, and to Prometheus.</summary>
internal static class WebTelemetry
{
    public static void AddWebTelemetry(this IHostApplicationBuilder builder)
    {
        builder.AddGridTelemetry("taskgrid-web").WithMetrics(metrics => metrics
            .AddMeter(TaskGridTelemetry.MeterName, "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
            .AddPrometheusExporter());
        // Without a collector there are no traces, and requests are not traced for nothing.
        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddAspNetCoreInstrumentation());
    }
}
