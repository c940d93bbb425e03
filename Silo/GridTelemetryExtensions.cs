using OpenTelemetry;
using OpenTelemetry.Resources;

namespace TaskGrid;

/// <summary>Sends what a host of the grid reports to OpenTelemetry.</summary>
public static class GridTelemetryExtensions
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ServiceName = "OTEL_SERVICE_NAME";

    /// <summary>
    /// Sends traces, metrics and logs to the OTLP collector at <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, by the other variables of OpenTelemetry's SDK;
    /// without that variable it sends nothing.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="serviceName">What the host is called where <c>OTEL_SERVICE_NAME</c> says nothing.</param>
    /// <returns>OpenTelemetry, with the grid's sources and meters where there is a collector.</returns>
    public static OpenTelemetryBuilder AddGridTelemetry(this IHostApplicationBuilder builder, string serviceName)
    {
        var telemetry = builder.Services.AddOpenTelemetry();
        if (string.IsNullOrEmpty(builder.Configuration[ServiceName]))
        {
            telemetry.ConfigureResource(resource => resource.AddService(serviceName));
        }

        if (!string.IsNullOrEmpty(builder.Configuration[Endpoint]))
        {
            telemetry
                .WithTracing(tracing => tracing.AddSource(TaskGridTelemetry.ActivitySourceName))
                .WithMetrics(metrics => metrics.AddMeter(TaskGridTelemetry.MeterName, "Microsoft.Orleans"))
                .WithLogging()
                .UseOtlpExporter();
        }

        return telemetry;
    }
}
