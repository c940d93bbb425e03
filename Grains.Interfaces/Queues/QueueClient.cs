namespace TaskGrid;

/// <summary>The <see cref="IQueueClient"/> over an Orleans client, or over a silo's own grain factory.</summary>
internal sealed class QueueClient(IGrainFactory grains, GridCalls calls) : IQueueClient
{
    private readonly IQueueAdminGrain _admin = grains.GetGrain<IQueueAdminGrain>(0);

    public Task<QueueSnapshot> GetAsync(string queue, CancellationToken cancellationToken = default) =>
        calls.RetryAsync(() => _admin.Get(queue), cancellationToken);

    public Task<IReadOnlyList<QueueSnapshot>> ListAsync(CancellationToken cancellationToken = default) => calls.RetryAsync(() => _admin.List(), cancellationToken);

    public Task ConfigureAsync(string queue, QueueSettings settings, CancellationToken cancellationToken = default) =>
        ChangeAsync(queue, change => _admin.Configure(queue, settings, change), cancellationToken);

    public Task PauseAsync(string queue, CancellationToken cancellationToken = default) => ChangeAsync(queue, change => _admin.Pause(queue, true, change), cancellationToken);

    public Task ResumeAsync(string queue, CancellationToken cancellationToken = default) => ChangeAsync(queue, change => _admin.Pause(queue, false, change), cancellationToken);

    /// <summary>Changes what was seen; looks again when somebody else was faster.</summary>
    private async Task ChangeAsync(string queue, Func<QueueChange, Task<QueueChangeReply>> change, CancellationToken cancellationToken)
    {
        var operation = Guid.CreateVersion7().ToString();
        while (true)
        {
            var seen = (await GetAsync(queue, cancellationToken).ConfigureAwait(false)).Revision;
            var reply = await calls.RetryAsync(() => change(new(operation, seen)), cancellationToken).ConfigureAwait(false);
            if (reply.Refusal is { } refusal)
            {
                throw new TaskRefusedException(refusal);
            }

            if (!reply.IsStale)
            {
                return;
            }
        }
    }
}
