namespace TaskGrid;

/// <summary>The grid's API keys, over an Orleans client or a silo's own grain factory.</summary>
internal sealed class ApiKeyClient(IGrainFactory grains, GridCalls calls)
{
    private readonly IApiKeysGrain _keys = grains.GetGrain<IApiKeysGrain>(0);

    /// <exception cref="GridUnavailableException">No answer in time.</exception>
    public Task<IReadOnlyList<StoredApiKey>> ListAsync(CancellationToken cancellationToken) => calls.RetryAsync(() => _keys.List(), cancellationToken);

    /// <exception cref="TaskRefusedException">There are too many, or what it was got with is none any more.</exception>
    /// <exception cref="GridUnavailableException">No answer in time: it may have been kept.</exception>
    public Task PutAsync(StoredApiKey key, CancellationToken cancellationToken) => calls.AskAsync(() => _keys.Put(key), cancellationToken);

    /// <returns>The new key; <c>null</c> when there is none to be replaced.</returns>
    /// <exception cref="GridUnavailableException">No answer in time: it may have been made.</exception>
    public Task<StoredApiKey?> RotateAsync(string id, string newId, string newHash, TimeSpan overlap, CancellationToken cancellationToken) =>
        calls.RetryAsync(() => _keys.Rotate(id, newId, newHash, overlap), cancellationToken);

    /// <returns>Whether there was such a key, or an unanswered try may have removed it.</returns>
    /// <exception cref="GridUnavailableException">No answer in time: it may have been removed.</exception>
    public async Task<bool> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        var tries = 0;
        return await calls.RetryAsync(
            () =>
            {
                tries++;
                return _keys.Remove(id);
            },
            cancellationToken).ConfigureAwait(false) || tries > 1;
    }
}
