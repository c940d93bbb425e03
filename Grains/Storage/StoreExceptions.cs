using StackExchange.Redis;

namespace TaskGrid.Storage;

/// <summary>The store did not answer, or answered with a fault. What was asked may have been carried out.</summary>
internal class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether the store is there and refuses, as one does that is full to the brim.</summary>
    public bool IsRefusal => InnerException is RedisServerException;
}

/// <summary>The store belongs to another grid, or was wiped: nothing was done, and nothing may be acknowledged.</summary>
internal sealed class StoreForeignException(string expected, string found)
    : StoreUnavailableException($"The store's epoch is '{found}', this silo's is '{expected}': the store was wiped or exchanged. Restart the silo to join it as it is now.");

/// <summary>The store has lost writes that this silo had seen: nothing was done.</summary>
internal sealed class StoreRolledBackException(long seen, long found)
    : StoreUnavailableException($"The store went back from sequence number {seen} to {found}: it has lost writes.");
