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

/// <summary>The store may not know of this silo's leases any more: nothing was done, and nothing is until they have been offered to it again.</summary>
internal abstract class LeasesInDoubtException(string message) : StoreUnavailableException(message);

/// <summary>The store runs anew, or another silo has seen that it lost writes.</summary>
internal sealed class StoreRestartedException()
    : LeasesInDoubtException("The store has been started anew since this silo was last told of its leases: they are compared before it goes on.");

/// <summary>The store has lost writes that this silo had seen.</summary>
internal sealed class StoreRolledBackException(long seen, long found)
    : LeasesInDoubtException($"The store went back from sequence number {seen} to {found}: it has lost writes.");

/// <summary>The grid's records are of a kind that this version does not read: trying again does not help.</summary>
internal sealed class StoreFormatException(string found)
    : Exception($"The tasks of this grid are stored in format {found}; this version reads format 3. Let the version that wrote them finish them, and start this one with an empty store (the embedded one: remove the folder .data) or with another TaskGrid:Name.");
