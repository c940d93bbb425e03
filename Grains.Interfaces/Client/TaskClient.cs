namespace TaskGrid;

/// <summary>The <see cref="ITaskClient"/> over an Orleans client, or over a silo's own grain factory.</summary>
internal sealed class TaskClient(IGrainFactory grains, GridCalls calls, TimeProvider time) : ITaskClient
{
    // One call of a wait chain; well below the cluster's response timeout.
    private static readonly TimeSpan s_waitCall = TimeSpan.FromSeconds(4);

    // Making a reference looks the interface up by reflection each time.
    private readonly ISubmitGrain _submit = grains.GetGrain<ISubmitGrain>(0);

    public async Task<TaskHandle<TResult>> SubmitAsync<TResult>(IGridTask<TResult> args, SubmitOptions? options = null, CancellationToken cancellationToken = default)
    {
        var snapshot = await SubmitOneAsync(TaskSubmission.Create(args, options), cancellationToken).ConfigureAwait(false);
        return new(this, snapshot.Id, snapshot);
    }

    public async Task<TaskHandle> SubmitAsync(string task, object? args = null, SubmitOptions? options = null, CancellationToken cancellationToken = default)
    {
        var snapshot = await SubmitOneAsync(TaskSubmission.Create(task, args, options), cancellationToken).ConfigureAwait(false);
        return new(this, snapshot.Id, snapshot);
    }

    public async Task<TaskHandle<TResult>> SubmitAsync<TResult>(string task, object? args = null, SubmitOptions? options = null, CancellationToken cancellationToken = default)
    {
        var snapshot = await SubmitOneAsync(TaskSubmission.Create(task, args, options), cancellationToken).ConfigureAwait(false);
        return new(this, snapshot.Id, snapshot);
    }

    public async Task<IReadOnlyList<SubmitReply>> SubmitBatchAsync(IReadOnlyList<TaskSubmission> submissions, CancellationToken cancellationToken = default)
    {
        var identified = submissions.Select(WithId).ToArray();
        var replies = new SubmitReply?[identified.Length];
        var open = Enumerable.Range(0, identified.Length).ToList();
        await calls.RetryAsync(
            async () =>
            {
                var answers = await _submit.Submit([.. open.Select(i => identified[i])]).ConfigureAwait(false);
                for (var k = 0; k < answers.Length; k++)
                {
                    replies[open[k]] = answers[k];
                }

                open.RemoveAll(i => !MeansLater(replies[i]!.Refusal));
                ThrowIfLater(open.Count == 0 ? null : replies[open[0]]!.Refusal);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        return replies!;
    }

    public TaskHandle GetHandle(string id) => new(this, id);

    public TaskHandle<TResult> GetHandle<TResult>(string id) => new(this, id);

    internal Task<TaskSnapshot?> GetSnapshotAsync(string id, CancellationToken cancellationToken) =>
        calls.RetryAsync(() => grains.GetGrain<ITaskGrain>(id).GetSnapshot(), cancellationToken);

    internal Task<CancelReply> CancelAsync(string id, CancellationToken cancellationToken) =>
        calls.RetryAsync(() => grains.GetGrain<ITaskGrain>(id).Cancel(), cancellationToken);

    internal async Task<ChangeOutcome> ChangeAsync(string id, TaskChange change, CancellationToken cancellationToken)
    {
        var reply = await calls.RetryAsync(() => grains.GetGrain<ITaskGrain>(id).Change(change), cancellationToken).ConfigureAwait(false);
        return reply.Refusal is { } refusal ? throw new TaskRefusedException(refusal) : reply.Outcome;
    }

    internal Task<ChangeOutcome> RetryAsync(string id, CancellationToken cancellationToken) =>
        calls.RetryAsync(() => grains.GetGrain<ITaskGrain>(id).Retry(), cancellationToken);

    internal Task<ChangeOutcome> ForgetAsync(string id, CancellationToken cancellationToken) =>
        calls.RetryAsync(() => grains.GetGrain<ITaskGrain>(id).Forget(), cancellationToken);

    internal Task<IReadOnlyList<string>> GetLogAsync(string id, CancellationToken cancellationToken) =>
        calls.RetryAsync(() => grains.GetGrain<ITaskGrain>(id).GetLog(), cancellationToken);

    internal async Task<TaskSnapshot> WaitAsync(string id, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var left = timeout == Timeout.InfiniteTimeSpan ? s_waitCall : timeout - time.GetElapsedTime(start);
            var call = left < s_waitCall ? TimeSpan.FromTicks(Math.Max(0, left.Ticks)) : s_waitCall;
            var snapshot = await calls.RetryAsync(() => grains.GetGrain<ITaskGrain>(id).Wait(call), cancellationToken, timeout).ConfigureAwait(false)
                ?? throw new TaskNotFoundException(id);
            if (snapshot.State.IsFinal() || (timeout != Timeout.InfiniteTimeSpan && time.GetElapsedTime(start) >= timeout))
            {
                return snapshot;
            }
        }
    }

    // A copy: the caller may use its options again before this submit is through.
    private static TaskSubmission WithId(TaskSubmission submission)
    {
        var options = submission.Options;
        var id = options.Id ?? (options.IdempotencyKey is { } key ? IdempotencyKeys.IdOf(key) : Guid.CreateVersion7().ToString());
        return submission with { Options = options with { Id = id } };
    }

    private async Task<TaskSnapshot> SubmitOneAsync(TaskSubmission submission, CancellationToken cancellationToken)
    {
        TaskSubmission[] one = [WithId(submission)];
        var reply = await calls.RetryAsync(
            async () =>
            {
                var answer = (await _submit.Submit(one).ConfigureAwait(false))[0];
                ThrowIfLater(answer.Refusal);
                return answer;
            },
            cancellationToken).ConfigureAwait(false);
        return reply.Refusal is { } refusal ? throw new TaskRefusedException(refusal) : reply.Snapshot!;
    }

    private static bool MeansLater(TaskRefusal? refusal) => refusal?.Code is ErrorCodes.StoreUnavailable or ErrorCodes.StoreFull;

    private static void ThrowIfLater(TaskRefusal? refusal)
    {
        if (MeansLater(refusal))
        {
            throw new GridUnavailableException(refusal!.Code, refusal.Message);
        }
    }
}
