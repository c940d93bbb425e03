namespace TaskGrid.Apis;

/// <summary>Waits for tasks on behalf of callers. A host that stops does not keep them waiting: they get the present state.</summary>
internal sealed class TaskWait(ITaskClient tasks, IHostApplicationLifetime lifetime)
{
    /// <summary>The task, final or as it is when the time is over; <c>null</c> when there is none.</summary>
    /// <exception cref="GridUnavailableException">No answer in time.</exception>
    public async Task<TaskSnapshot?> ReadAsync(string id, TimeSpan wait, CancellationToken cancellationToken)
    {
        var handle = tasks.GetHandle(id);
        var snapshot = await handle.GetSnapshotAsync(cancellationToken);
        return snapshot is null || snapshot.State.IsFinal() || wait == TimeSpan.Zero
            ? snapshot
            : await UntilFinalAsync(handle, wait, cancellationToken) ?? await handle.GetSnapshotAsync(cancellationToken);
    }

    /// <summary>
    /// The task, final or as it is when the time is over. It has been accepted, so that its caller is told so even if nothing
    /// more can be learnt about it.
    /// </summary>
    public async Task<TaskSnapshot> AfterAcceptAsync(TaskSnapshot accepted, TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            var handle = tasks.GetHandle(accepted.Id);
            return await UntilFinalAsync(handle, wait, cancellationToken) ?? await handle.GetSnapshotAsync(cancellationToken) ?? accepted;
        }
        catch (Exception e) when (e is GridUnavailableException or TaskNotFoundException)
        {
            // It may be forgotten by now, too.
            return accepted;
        }
    }

    private async Task<TaskSnapshot?> UntilFinalAsync(TaskHandle handle, TimeSpan wait, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        try
        {
            return await handle.WaitAsync(wait, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
