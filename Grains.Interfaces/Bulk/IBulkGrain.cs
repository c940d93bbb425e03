using Orleans.Concurrency;

namespace TaskGrid;

/// <summary>One operation on many tasks, keyed by its id. It goes on by itself, also after a restart of the cluster.</summary>
[Alias("taskgrid.bulk")]
public interface IBulkGrain : IGrainWithStringKey
{
    /// <summary>Begins; the same id again is the same operation. Returns why not, if it is refused.</summary>
    /// <remarks>Its alias changes with the members of a request: a silo that knows fewer of them would take it for one that means more tasks.</remarks>
    [Alias("BeginOver2")]
    Task<TaskRefusal?> Begin(BulkRequest request);

    /// <summary>How many tasks a request would change; whatever this grain's own operation is.</summary>
    [Alias("CountOver2"), AlwaysInterleave]
    Task<BulkImpactReply> Count(BulkRequest request);

    /// <summary>How far it is; <c>null</c> when there is none with this id, or it was through more than an hour ago.</summary>
    [Alias("GetSnapshot"), AlwaysInterleave]
    Task<BulkSnapshot?> GetSnapshot();

    /// <summary>Answers when it is through, or with how far it is after <paramref name="timeout"/>.</summary>
    [Alias("Wait"), AlwaysInterleave]
    Task<BulkSnapshot?> Wait(TimeSpan timeout);
}
