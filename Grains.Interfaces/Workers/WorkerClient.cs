namespace TaskGrid;

/// <summary>The <see cref="IWorkerClient"/> over an Orleans client, or over a silo's own grain factory.</summary>
internal sealed class WorkerClient(IGrainFactory grains, GridCalls calls) : IWorkerClient
{
    private readonly IWorkerAdminGrain _admin = grains.GetGrain<IWorkerAdminGrain>(0);

    public Task<IReadOnlyList<WorkerSnapshot>> ListAsync(CancellationToken cancellationToken = default) => calls.RetryAsync(() => _admin.List(), cancellationToken);

    public Task<bool> ResumeAsync(string worker, CancellationToken cancellationToken = default) => calls.RetryAsync(() => _admin.Resume(worker), cancellationToken);

    public async Task<bool> ServeAsync(string worker, IReadOnlyList<string> queues, CancellationToken cancellationToken = default)
    {
        var reply = await calls.RetryAsync(() => _admin.Serve(worker, queues), cancellationToken).ConfigureAwait(false);
        return reply.Refusal is { } refusal ? throw new TaskRefusedException(refusal) : reply.Found;
    }
}
