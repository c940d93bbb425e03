using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TaskGrid.Embedded;

/// <summary>Judges a store by its settings: what Redis, and Garnet in its dialect, answer to <c>CONFIG GET</c>.</summary>
internal static class StoreDurability
{
    /// <summary>The settings that <see cref="Judge"/> looks at. <c>aof-commit-wait</c> is Garnet's and unknown to Redis.</summary>
    public static readonly string[] Settings = ["appendonly", "appendfsync", "maxmemory-policy", "aof-commit-wait"];

    /// <summary>The verdict on these settings; null when the store did not let them be read.</summary>
    public static StoreVerdict Judge(IReadOnlyDictionary<string, string>? settings)
    {
        var (durability, message) = Survives(settings ?? new Dictionary<string, string>());
        var promised = durability >= Durability.ProcessSafe;
        if (settings?.GetValueOrDefault("maxmemory-policy") is { Length: > 0 } policy && policy != "noeviction")
        {
            promised = false;
            message += $" Its maxmemory-policy {policy} deletes tasks when memory runs short; set it to noeviction.";
        }

        return new StoreVerdict(durability, promised ? HealthStatus.Healthy : HealthStatus.Degraded, message);
    }

    private static (Durability Durability, string Message) Survives(IReadOnlyDictionary<string, string> settings) =>
        (settings.GetValueOrDefault("appendonly"), settings.GetValueOrDefault("aof-commit-wait"), settings.GetValueOrDefault("appendfsync")) switch
        {
            (null or "", _, _) => (Durability.Unknown, "The store does not let its settings be read (CONFIG GET is denied): make sure that it runs with appendonly yes and maxmemory-policy noeviction."),
            ("yes", "yes", _) => (Durability.ProcessSafe, "Acknowledged writes survive the death of any process; a loss of power can take the last seconds."),
            ("yes", "no", _) => (Durability.NotDurable, "The store acknowledges writes before they are on its disk (aof-commit-wait is off): if it crashes it loses the latest ones."),
            ("yes", null, "always") => (Durability.Durable, "Every write is on the store's disk before it is acknowledged (appendfsync always)."),
            ("yes", null, "everysec") => (Durability.ProcessSafe, "Acknowledged writes survive the death of any silo or web process; a loss of power, or the death of Redis itself, can take the last second or two (appendfsync everysec)."),
            ("yes", null, _) => (Durability.ProcessSafe, "Acknowledged writes survive the death of any process; a loss of power can take the last half minute (appendfsync no)."),
            _ => (Durability.NotDurable, "The store keeps no append-only file: a restart loses acknowledged tasks. Set appendonly yes."),
        };
}
