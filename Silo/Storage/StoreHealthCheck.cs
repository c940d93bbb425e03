using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TaskGrid.Embedded;

/// <summary>Unhealthy when the store can't be used, degraded when it does not keep what it acknowledges.</summary>
internal sealed class StoreHealthCheck(StoreProbe probe) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var verdict = await probe.ExamineAsync(cancellationToken).ConfigureAwait(false);
        return new HealthCheckResult(verdict.Status, verdict.Message, data: new Dictionary<string, object> { ["durability"] = verdict.Durability.ToString() });
    }
}
