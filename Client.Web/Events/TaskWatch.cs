namespace TaskGrid.Events;

/// <summary>Waits for changes of one task.</summary>
internal sealed class TaskWatch(EventHub hub, string id, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _changes = new(0, 1);

    public string Id => id;

    /// <summary>The next change, or the end of the time: changes may be missed, so look again then.</summary>
    /// <returns>Whether there was a change.</returns>
    public async Task<bool> NextAsync(TimeSpan most, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(most, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await _changes.WaitAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Something has changed; several changes that nobody has waited for are one.</summary>
    public void Signal()
    {
        // The hub's lock is held: nobody else adds between the look and the release.
        if (_changes.CurrentCount == 0)
        {
            _changes.Release();
        }
    }

    public void Dispose() => hub.Remove(this);
}
