using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TaskGrid.Embedded;

/// <summary>How well a store keeps the grid's promise, and the words for it.</summary>
internal sealed record StoreVerdict(Durability Durability, HealthStatus Status, string Message);
