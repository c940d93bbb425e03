using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TaskGrid.Apis;

/// <summary>Whether the grid answers: a silo is asked for a task that does not exist, and has to ask the store.</summary>
internal sealed class GridHealthCheck(ITaskClient tasks, TimeProvider time) : IHealthCheck
{
    /// <summary>How long the grid has to answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private const string NoTask = "health.ready";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await tasks.GetHandle(NoTask).GetSnapshotAsync(cancellationToken).WaitAsync(Patience, time, cancellationToken);
            return HealthCheckResult.Healthy("The grid answers.");
        }
        catch (Exception e) when (e is GridUnavailableException or TimeoutException or OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy("The grid does not answer.");
        }
    }
}
