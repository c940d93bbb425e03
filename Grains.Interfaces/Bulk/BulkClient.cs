namespace TaskGrid;

/// <summary>The <see cref="IBulkClient"/> over an Orleans client, or over a silo's own grain factory.</summary>
internal sealed class BulkClient(IGrainFactory grains, GridCalls calls) : IBulkClient
{
    // No operation has this id: theirs are made here.
    private const string CountKey = "count";

    public Task<BulkHandle> CancelAsync(string? tag = null, string? queue = null, string? task = null, CancellationToken cancellationToken = default) =>
        BeginAsync(new() { Action = BulkAction.Cancel, Tag = tag, Queue = queue, Task = task }, cancellationToken);

    public Task<BulkHandle> PurgeAsync(string queue, string? task = null, CancellationToken cancellationToken = default) =>
        BeginAsync(new() { Action = BulkAction.Purge, Queue = queue, Task = task }, cancellationToken);

    public Task<BulkHandle> MoveAsync(string queue, string target, string? task = null, CancellationToken cancellationToken = default) =>
        BeginAsync(new() { Action = BulkAction.Move, Queue = queue, Target = target, Task = task }, cancellationToken);

    public Task<BulkHandle> RetryAsync(string? queue = null, string? task = null, CancellationToken cancellationToken = default) =>
        BeginAsync(new() { Action = BulkAction.Retry, Queue = queue, Task = task }, cancellationToken);

    public async Task<BulkImpact> CountAsync(BulkRequest request, CancellationToken cancellationToken = default)
    {
        var reply = await calls.RetryAsync(() => grains.GetGrain<IBulkGrain>(CountKey).Count(request), cancellationToken).ConfigureAwait(false);
        return reply.Refusal is { } refusal ? throw new TaskRefusedException(refusal) : reply.Impact!;
    }

    public BulkHandle GetHandle(string id) => new(grains, calls, id);

    public async Task<BulkHandle> BeginAsync(BulkRequest request, CancellationToken cancellationToken = default)
    {
        // Minted before the first try: a repeated call is the same operation.
        var id = Guid.CreateVersion7().ToString();
        await calls.AskAsync(() => grains.GetGrain<IBulkGrain>(id).Begin(request), cancellationToken).ConfigureAwait(false);
        return GetHandle(id);
    }
}
