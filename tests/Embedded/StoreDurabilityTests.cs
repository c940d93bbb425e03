using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;

namespace TaskGrid.Embedded;

public sealed class StoreDurabilityTests
{
    [Theory]
    [InlineData("appendonly=yes appendfsync=always maxmemory-policy=noeviction", nameof(Durability.Durable), HealthStatus.Healthy)]
    [InlineData("appendonly=yes appendfsync=everysec maxmemory-policy=noeviction", nameof(Durability.ProcessSafe), HealthStatus.Healthy)]
    [InlineData("appendonly=yes appendfsync=no maxmemory-policy=noeviction", nameof(Durability.ProcessSafe), HealthStatus.Healthy)]
    [InlineData("appendonly=no appendfsync=everysec maxmemory-policy=noeviction", nameof(Durability.NotDurable), HealthStatus.Degraded)]
    [InlineData("appendonly=no appendfsync=always maxmemory-policy=noeviction", nameof(Durability.NotDurable), HealthStatus.Degraded)]
    [InlineData("appendonly=yes appendfsync=always maxmemory-policy=allkeys-lru", nameof(Durability.Durable), HealthStatus.Degraded)]
    [InlineData("appendonly=yes appendfsync=everysec maxmemory-policy=volatile-ttl", nameof(Durability.ProcessSafe), HealthStatus.Degraded)]
    [InlineData("appendonly=no maxmemory-policy=volatile-lru", nameof(Durability.NotDurable), HealthStatus.Degraded)]
    [InlineData("appendonly=yes aof-commit-wait=yes", nameof(Durability.ProcessSafe), HealthStatus.Healthy)]
    [InlineData("appendonly=yes aof-commit-wait=no", nameof(Durability.NotDurable), HealthStatus.Degraded)]
    [InlineData("appendonly=no aof-commit-wait=no", nameof(Durability.NotDurable), HealthStatus.Degraded)]
    [InlineData("maxmemory-policy=noeviction", nameof(Durability.Unknown), HealthStatus.Degraded)]
    [InlineData("", nameof(Durability.Unknown), HealthStatus.Degraded)]
    [InlineData(null, nameof(Durability.Unknown), HealthStatus.Degraded)]
    public void Judge_TheseSettings_ThisVerdict(string? settings, string durability, HealthStatus status)
    {
        var verdict = StoreDurability.Judge(Parse(settings));

        Assert.Equal(durability, verdict.Durability.ToString());
        Assert.Equal(status, verdict.Status);
        Assert.EndsWith(".", verdict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_TwoFaults_NamesBoth()
    {
        var verdict = StoreDurability.Judge(Parse("appendonly=no maxmemory-policy=allkeys-lfu"));

        Assert.Contains("appendonly yes", verdict.Message, StringComparison.Ordinal);
        Assert.Contains("allkeys-lfu", verdict.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string>? Parse(string? settings) => settings?
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(setting => setting.Split('='))
        .ToDictionary(pair => pair[0], pair => pair[1]);
}
