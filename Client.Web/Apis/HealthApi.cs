using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using TaskGrid.Access;

namespace TaskGrid.Apis;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: the grid does.</summary>
internal static class HealthApi
{
    public static IServiceCollection AddGridHealth(this IServiceCollection services)
    {
        services.AddSingleton<TaskWait>();
        services.AddHealthChecks().AddCheck<GridHealthCheck>("grid", timeout: GridHealthCheck.Patience);
        return services;
    }

    /// <summary>How it is, and why.</summary>
    public static async Task<JsonHttpResult<HealthReply>> Read(HttpContext http, HealthCheckService health)
    {
        var report = await health.CheckHealthAsync(http.RequestAborted);
        return TypedResults.Json(
            new HealthReply($"{report.Status}", report.Entries.ToDictionary(e => e.Key, e => new HealthItem($"{e.Value.Status}", e.Value.Description, e.Value.Data))),
            statusCode: report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }

    public static void MapGridHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/health/live", new() { Predicate = _ => false, ResponseWriter = WriteAsync }).AllowAnonymous();
        endpoints.MapHealthChecks("/health/ready", new() { ResponseWriter = WriteAsync }).AllowAnonymous();
    }

    // Everybody may ask, and learns how it is. Why, with the addresses of what is behind, is for whoever is on this machine.
    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        var closed = context.RequestServices.GetService<IOptions<AccessOptions>>()?.Value.IsClosed == true;
        return context.Response.WriteAsJsonAsync(new
        {
            Status = report.Status.ToString(),
            Checks = report.Entries.ToDictionary(e => e.Key, e => closed
                ? (object)new { Status = e.Value.Status.ToString() }
                : new { Status = e.Value.Status.ToString(), e.Value.Description, e.Value.Data }),
        });
    }
}

/// <summary>How the grid is.</summary>
/// <param name="Status"><c>Healthy</c>, <c>Degraded</c> or <c>Unhealthy</c>: the worst of its parts.</param>
/// <param name="Checks">Its parts.</param>
internal sealed record HealthReply(string Status, IReadOnlyDictionary<string, HealthItem> Checks);

/// <summary>How a part of it is.</summary>
/// <param name="Status"><c>Healthy</c>, <c>Degraded</c> or <c>Unhealthy</c>.</param>
/// <param name="Description">Why, in words.</param>
/// <param name="Data">What was seen.</param>
internal sealed record HealthItem(string Status, string? Description, IReadOnlyDictionary<string, object> Data);
