namespace TaskGrid;

/// <summary>The <see cref="IQueueClient"/> over an Orleans client, or over a silo's own grain factory.</summary>
internal sealed class QueueClient(IGrainFactory grains, GridCalls calls) : IQueueClient
{
    private readonly IQueueAdminGrain _admin = grains.GetGrain<IQueueAdminGrain>(0);

    public Task<QueueSnapshot> GetAsync(string queue, CancellationToken cancellationToken = default) =>
        calls.RetryAsync(() => _admin.Get(queue), cancellationToken);

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken = default) => calls.RetryAsync(() => _admin.List(), cancellationToken);

    public Task ConfigureAsync(string queue, QueueSettings settings, CancellationToken cancellationToken = default) =>
        calls.AskAsync(() => _admin.Configure(queue, settings), cancellationToken);

    public Task PauseAsync(string queue, CancellationToken cancellationToken = default) => calls.AskAsync(() => _admin.Pause(queue, true), cancellationToken);

    public Task ResumeAsync(string queue, CancellationToken cancellationToken = default) => calls.AskAsync(() => _admin.Pause(queue, false), cancellationToken);
}
