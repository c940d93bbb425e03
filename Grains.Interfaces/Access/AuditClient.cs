namespace TaskGrid;

/// <summary>The log of what is done by hand, over an Orleans client or a silo's own grain factory.</summary>
internal sealed class AuditClient(IGrainFactory grains, GridCalls calls)
{
    private readonly IAuditGrain _audit = grains.GetGrain<IAuditGrain>(0);

    /// <exception cref="GridUnavailableException">No answer in time: it may have been added.</exception>
    public Task<long> AddAsync(AuditEntry entry, CancellationToken cancellationToken) => calls.RetryAsync(() => _audit.Add(entry), cancellationToken);

    /// <exception cref="GridUnavailableException">No answer in time.</exception>
    public Task EndAsync(long number, int status) => calls.RetryAsync(
        async () =>
        {
            await _audit.End(number, status).ConfigureAwait(false);
            return true;
        },
        CancellationToken.None);

    /// <exception cref="GridUnavailableException">No answer in time.</exception>
    public Task<IReadOnlyList<AuditEntry>> ReadAsync(long? below, int max, CancellationToken cancellationToken) =>
        calls.RetryAsync(() => _audit.Read(below, max), cancellationToken);
}
