using Microsoft.Extensions.Diagnostics.HealthChecks;

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

    public static void MapGridHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/health/live", new() { Predicate = _ => false, ResponseWriter = WriteAsync }).AllowAnonymous();
        endpoints.MapHealthChecks("/health/ready", new() { ResponseWriter = WriteAsync }).AllowAnonymous();
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        Status = report.Status.ToString(),
        Checks = report.Entries.ToDictionary(e => e.Key, e => new { Status = e.Value.Status.ToString(), e.Value.Description, e.Value.Data }),
    });
}
