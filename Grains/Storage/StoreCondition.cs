using System.Globalization;

namespace TaskGrid.Storage;

/// <summary>What a store says of itself, as far as accepting tasks depends on it. Pure.</summary>
/// <param name="Memory">The answer to <c>INFO memory</c>.</param>
/// <param name="AppendOnly">The setting <c>appendonly</c>; <c>null</c> when the store does not tell, as managed services do.</param>
/// <param name="EvictionPolicy">The setting <c>maxmemory-policy</c>; <c>null</c> when the store does not tell.</param>
internal sealed record StoreCondition(string Memory, string? AppendOnly, string? EvictionPolicy)
{
    /// <summary>Why nothing may be accepted, or <c>null</c>.</summary>
    /// <param name="allowUnsafe">Whether a store that loses tasks by its settings is wanted all the same.</param>
    public TaskRefusal? Refusal(bool allowUnsafe)
    {
        if (!allowUnsafe && FindUnsafe() is { } reason)
        {
            return new(ErrorCodes.StoreUnsafe, $"{reason} Nothing is accepted until then, or until TaskGrid:AllowUnsafeStore says that losing tasks is all right.");
        }

        // A store without a limit, or that does not tell, is never full. The embedded store has other names for both.
        return (NumberOf("maxmemory") ?? NumberOf("store_heap_memory_target_size")) is { } limit and > 0
            && (NumberOf("used_memory") ?? NumberOf("store_mainlog_memory_size")) is { } used && used > limit / 10 * 9
            ? new(ErrorCodes.StoreFull, "More than 90 % of the store's memory is used; nothing is accepted until tasks have been forgotten.")
            : null;
    }

    private string? FindUnsafe() =>
        AppendOnly == "no" ? "The store keeps no append-only file, so a restart of it loses tasks: set appendonly yes."
        : EvictionPolicy is { Length: > 0 } policy && policy != "noeviction" ? $"The store's maxmemory-policy {policy} deletes tasks when memory runs short: set it to noeviction."
        : null;

    private long? NumberOf(string name)
    {
        var line = Memory.Split('\n').FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return long.TryParse(line?[(name.Length + 1)..].Trim(), CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
