namespace TaskGrid;

/// <summary>The way to the silos: over an Orleans client, or over a silo's own grain factory.</summary>
internal sealed class GrainTransport(IGrainFactory grains) : ITaskTransport
{
    // Each key has activations on the silos: in an outage, in which every call is refused at once, they must not become more and more.
    private const uint SubmitKeys = 64;

    // Making a reference looks the interface up by reflection each time.
    private ISubmitGrain _submit = grains.GetGrain<ISubmitGrain>(0);
    private int _submitKey;

    // Well below the cluster's response timeout.
    public TimeSpan LongestWait { get; } = TimeSpan.FromSeconds(4);

    /// <summary>
    /// Orleans leads all calls of one key through the same gateway. After a call without answer they go to another key: or a silo that
    /// starts again and again at its address would hold them up. So they do after one whose silo does not reach the store, which others may.
    /// </summary>
    public async Task<SubmitReply[]> SubmitAsync(TaskSubmission[] submissions, CancellationToken cancellationToken)
    {
        var submit = Volatile.Read(ref _submit);
        SubmitReply[]? replies = null;
        try
        {
            return replies = await submit.Submit(submissions).ConfigureAwait(false);
        }
        finally
        {
            if (replies is null || Array.Exists(replies, r => r.Refusal?.Code == ErrorCodes.StoreUnavailable))
            {
                var key = (uint)Interlocked.Increment(ref _submitKey) % SubmitKeys;
                Interlocked.CompareExchange(ref _submit, grains.GetGrain<ISubmitGrain>(key), submit);
            }
        }
    }

    public Task<TaskSnapshot?> GetSnapshotAsync(string id, CancellationToken cancellationToken) => Of(id).GetSnapshot();

    public Task<TaskSnapshot?> WaitAsync(string id, TimeSpan timeout, CancellationToken cancellationToken) => Of(id).Wait(timeout);

    public Task<CancelReply> CancelAsync(string id, CancellationToken cancellationToken) => Of(id).Cancel();

    public Task<ChangeReply> ChangeAsync(string id, TaskChange change, TaskTouch touch, CancellationToken cancellationToken) => Of(id).Change(change, touch);

    public Task<ChangeOutcome> RetryAsync(string id, TaskTouch touch, CancellationToken cancellationToken) => Of(id).Retry(touch);

    public Task<ChangeOutcome> ForgetAsync(string id, CancellationToken cancellationToken) => Of(id).Forget();

    public Task<TaskLogPart> GetLogAsync(string id, CancellationToken cancellationToken) => Of(id).GetLog();

    public Task<TaskListReply> ListAsync(TaskListRequest request, CancellationToken cancellationToken) => grains.GetGrain<ITaskListGrain>(0).Read(request);

    private ITaskGrain Of(string id) => grains.GetGrain<ITaskGrain>(id);
}
