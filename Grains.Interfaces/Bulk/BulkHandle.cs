namespace TaskGrid;

/// <summary>An operation on many tasks that has begun.</summary>
public sealed class BulkHandle
{
    // One call of a wait chain; well below the cluster's response timeout.
    private static readonly TimeSpan s_waitCall = TimeSpan.FromSeconds(4);

    private readonly IGrainFactory _grains;
    private readonly GridCalls _calls;

    internal BulkHandle(IGrainFactory grains, GridCalls calls, string id)
    {
        _grains = grains;
        _calls = calls;
        Id = id;
    }

    /// <summary>The operation's id.</summary>
    public string Id { get; }

    /// <summary>How far it is; <c>null</c> when there is none with this id, or it was through more than an hour ago.</summary>
    /// <exception cref="GridUnavailableException">No answer in time.</exception>
    public Task<BulkSnapshot?> GetSnapshotAsync(CancellationToken cancellationToken = default) =>
        _calls.RetryAsync(() => Grain.GetSnapshot(), cancellationToken);

    /// <summary>Waits until it is through.</summary>
    /// <exception cref="GridUnavailableException">No answer in time.</exception>
    /// <exception cref="InvalidOperationException">There is no operation with this id.</exception>
    public async Task<BulkSnapshot> WaitAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var snapshot = await _calls.RetryAsync(() => Grain.Wait(s_waitCall), cancellationToken).ConfigureAwait(false)
                ?? throw new InvalidOperationException($"There is no operation '{Id}'.");
            if (snapshot.FinishedAt is not null)
            {
                return snapshot;
            }
        }
    }

    private IBulkGrain Grain => _grains.GetGrain<IBulkGrain>(Id);
}
