using TaskGrid.Hooks;
using TaskGrid.Telemetry;

namespace TaskGrid;

/// <summary>The <see cref="ITaskClient"/>, whichever way its calls go.</summary>
internal sealed class TaskClient(ITaskTransport transport, SubmitPipeline pipeline, GridCalls calls, TaskLists lists, TimeProvider time) : ITaskClient, ITaskAnswers
{
    private const int MaxTouches = 10;

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
        if (pipeline.IsEmpty && !TaskGridTelemetry.Source.HasListeners())
        {
            return await SendManyAsync([.. submissions.Select(Submissions.Complete)], cancellationToken).ConfigureAwait(false);
        }

        var batch = new SubmitBatch(gathered => SendManyAsync(gathered, cancellationToken));
        var replies = submissions.Select(s => SubmitOneOfManyAsync(s, batch, cancellationToken)).ToArray();
        await batch.SendAsync().ConfigureAwait(false);
        return await Task.WhenAll(replies).ConfigureAwait(false);
    }

    public async Task<TaskPage> ListAsync(TaskFilter? filter = null, int limit = TaskLists.DefaultLimit, string? cursor = null, CancellationToken cancellationToken = default)
    {
        var reply = await lists.ReadAsync(new(filter ?? new(), cursor, limit, [], []), cancellationToken).ConfigureAwait(false);
        return reply.Refusal is { } refusal ? throw new TaskRefusedException(refusal) : reply.Page!;
    }

    public TaskHandle GetHandle(string id) => new(this, id);

    public TaskHandle<TResult> GetHandle<TResult>(string id) => new(this, id);

    public Task<TaskSnapshot?> GetSnapshotAsync(string id, CancellationToken cancellationToken) =>
        calls.RetryAsync(() => transport.GetSnapshotAsync(id, cancellationToken), cancellationToken);

    public Task<CancelReply> CancelAsync(string id, CancellationToken cancellationToken) =>
        calls.RetryAsync(() => transport.CancelAsync(id, cancellationToken), cancellationToken);

    public Task<ChangeOutcome> ChangeAsync(string id, TaskChange change, TouchTerms terms, CancellationToken cancellationToken) => TouchAsync(
        id,
        terms,
        async touch =>
        {
            var reply = await transport.ChangeAsync(id, change, touch, cancellationToken).ConfigureAwait(false);
            return reply.Refusal is { } refusal ? throw new TaskRefusedException(refusal) : reply.Outcome;
        },
        cancellationToken);

    public Task<ChangeOutcome> RetryAsync(string id, TouchTerms terms, CancellationToken cancellationToken) =>
        TouchAsync(id, terms, touch => transport.RetryAsync(id, touch, cancellationToken), cancellationToken);

    public Task<ChangeOutcome> ForgetAsync(string id, CancellationToken cancellationToken) =>
        calls.RetryAsync(() => transport.ForgetAsync(id, cancellationToken), cancellationToken);

    public Task<TaskLogPart> GetLogAsync(string id, CancellationToken cancellationToken) =>
        calls.RetryAsync(() => transport.GetLogAsync(id, cancellationToken), cancellationToken);

    public async Task<TaskSnapshot> WaitAsync(string id, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var snapshot = await calls.RetryAsync(() => transport.WaitAsync(id, Call(), cancellationToken), cancellationToken, Left()).ConfigureAwait(false)
                ?? throw new TaskNotFoundException(id);
            if (snapshot.State.IsFinal() || (timeout != Timeout.InfiniteTimeSpan && time.GetElapsedTime(start) >= timeout))
            {
                return snapshot;
            }
        }

        TimeSpan Left() => timeout == Timeout.InfiniteTimeSpan ? timeout : TimeSpan.FromTicks(Math.Max(0, (timeout - time.GetElapsedTime(start)).Ticks));

        TimeSpan Call() => Left() is var left && left != Timeout.InfiniteTimeSpan && left < transport.LongestWait ? left : transport.LongestWait;
    }

    private async Task<TaskSnapshot> SubmitOneAsync(TaskSubmission submission, CancellationToken cancellationToken)
    {
        var reply = await SubmitThroughAsync(submission, SendOneAsync, cancellationToken).ConfigureAwait(false);
        return reply.Refusal is { } refusal ? throw new TaskRefusedException(refusal) : reply.Snapshot!;
    }

    /// <summary>A middleware that refuses one of a batch refuses that one.</summary>
    private async Task<SubmitReply> SubmitOneOfManyAsync(TaskSubmission submission, SubmitBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            return await SubmitThroughAsync(submission, (changed, _) => batch.AddAsync(changed), cancellationToken).ConfigureAwait(false);
        }
        catch (TaskRefusedException e)
        {
            return new(null, false, e.Refusal);
        }
    }

    private async Task<SubmitReply> SubmitThroughAsync(TaskSubmission submission, SubmitDelegate send, CancellationToken cancellationToken)
    {
        using var activity = TaskActivity.Send(submission);
        try
        {
            var complete = Submissions.Complete(submission);
            var reply = await Through(submission, complete, send)(complete, cancellationToken).ConfigureAwait(false);
            activity?.Answered(reply);
            return reply;
        }
        catch (Exception e)
        {
            activity?.Failed(e);
            throw;
        }
    }

    private SubmitDelegate Through(TaskSubmission asked, TaskSubmission complete, SubmitDelegate send)
    {
        if (pipeline.IsEmpty)
        {
            return send;
        }

        var minted = asked.Options.Id is null ? complete.Options.Id : null;
        return pipeline.Around((changed, cancellationToken) => send(Submissions.Rename(changed, minted), cancellationToken));
    }

    private async Task<SubmitReply> SendOneAsync(TaskSubmission submission, CancellationToken cancellationToken)
    {
        TaskSubmission[] one = [submission];
        var replies = await MeasureAsync(one, () => calls.RetryAsync<IReadOnlyList<SubmitReply>>(
            async () =>
            {
                var answers = await transport.SubmitAsync(one, cancellationToken).ConfigureAwait(false);
                ThrowIfLater(answers[0].Refusal);
                return answers;
            },
            cancellationToken)).ConfigureAwait(false);
        return replies[0];
    }

    private Task<IReadOnlyList<SubmitReply>> SendManyAsync(TaskSubmission[] submissions, CancellationToken cancellationToken)
    {
        var replies = new BatchReplies(submissions.Length);
        return MeasureAsync(submissions, () => calls.RetryAsync(
            async () =>
            {
                var open = replies.Open;
                if (open.Length > 0)
                {
                    ThrowIfLater(replies.Take(open, await transport.SubmitAsync([.. open.Select(i => submissions[i])], cancellationToken).ConfigureAwait(false)));
                }

                return replies.All;
            },
            cancellationToken));
    }

    private static Task<IReadOnlyList<SubmitReply>> MeasureAsync(TaskSubmission[] submissions, Func<Task<IReadOnlyList<SubmitReply>>> send) =>
        SubmitMeasures.IsOn ? SubmitMeasures.MeasureAsync(submissions, send) : send();

    /// <summary>Changes what was seen; looks again when it has changed meanwhile.</summary>
    private async Task<ChangeOutcome> TouchAsync(string id, TouchTerms terms, Func<TaskTouch, Task<ChangeOutcome>> touch, CancellationToken cancellationToken)
    {
        var operation = terms.Operation ?? Guid.CreateVersion7().ToString();
        if (terms.Seen is { } version)
        {
            return await calls.RetryAsync(() => touch(new(operation, version)), cancellationToken).ConfigureAwait(false);
        }

        var outcome = ChangeOutcome.NotFound;
        for (var tries = 0; tries < MaxTouches && outcome is ChangeOutcome.NotFound or ChangeOutcome.Stale; tries++)
        {
            if (await GetSnapshotAsync(id, cancellationToken).ConfigureAwait(false) is not { } seen)
            {
                return ChangeOutcome.NotFound;
            }

            outcome = await calls.RetryAsync(() => touch(new(operation, seen.Version)), cancellationToken).ConfigureAwait(false);
        }

        return outcome;
    }

    private static void ThrowIfLater(TaskRefusal? refusal)
    {
        if (BatchReplies.MeansLater(refusal))
        {
            throw new GridUnavailableException(refusal!.Code, refusal.Message);
        }
    }
}
