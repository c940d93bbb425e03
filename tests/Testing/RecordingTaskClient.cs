using System.Collections.Concurrent;
using System.Globalization;

namespace TaskGrid.Testing;

/// <summary>
/// An <see cref="ITaskClient"/> that runs nothing: it accepts every submit and keeps it, for tests of code that submits. What tasks
/// come to is said by the test, with <see cref="Returns"/> and <see cref="Refuses"/>.
/// </summary>
public sealed class RecordingTaskClient : ITaskClient, ITaskAnswers
{
    private readonly ConcurrentDictionary<string, TaskSnapshot> _tasks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, JsonText> _results = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskRefusal> _refusals = new(StringComparer.Ordinal);

    /// <summary>What has been submitted.</summary>
    public SubmissionLog Submissions { get; } = new();

    /// <summary>From now on, each submit of a task has succeeded at once, with this result.</summary>
    public RecordingTaskClient Returns(string task, object? result)
    {
        _results[task] = JsonText.From(result);
        return this;
    }

    /// <summary>From now on, each submit of a task is refused.</summary>
    /// <param name="task">The task name.</param>
    /// <param name="code">One of <see cref="ErrorCodes"/>.</param>
    public RecordingTaskClient Refuses(string task, string code)
    {
        _refusals[task] = new(code, $"The test refuses '{task}'.");
        return this;
    }

    /// <inheritdoc/>
    public async Task<TaskHandle<TResult>> SubmitAsync<TResult>(IGridTask<TResult> args, SubmitOptions? options = null, CancellationToken cancellationToken = default)
    {
        var snapshot = await SubmitOneAsync(TaskSubmission.Create(args, options), cancellationToken).ConfigureAwait(false);
        return new(this, snapshot.Id, snapshot);
    }

    /// <inheritdoc/>
    public async Task<TaskHandle> SubmitAsync(string task, object? args = null, SubmitOptions? options = null, CancellationToken cancellationToken = default)
    {
        var snapshot = await SubmitOneAsync(TaskSubmission.Create(task, args, options), cancellationToken).ConfigureAwait(false);
        return new(this, snapshot.Id, snapshot);
    }

    /// <inheritdoc/>
    public async Task<TaskHandle<TResult>> SubmitAsync<TResult>(string task, object? args = null, SubmitOptions? options = null, CancellationToken cancellationToken = default)
    {
        var snapshot = await SubmitOneAsync(TaskSubmission.Create(task, args, options), cancellationToken).ConfigureAwait(false);
        return new(this, snapshot.Id, snapshot);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<SubmitReply>> SubmitBatchAsync(IReadOnlyList<TaskSubmission> submissions, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<IReadOnlyList<SubmitReply>>([.. submissions.Select(Accept)]);
    }

    /// <inheritdoc/>
    public Task<TaskPage> ListAsync(TaskFilter? filter = null, int limit = 50, string? cursor = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var from = cursor is null ? 0 : int.Parse(cursor, CultureInfo.InvariantCulture);
        var meant = _tasks.Values.Where(t => Fits(t, filter ?? new())).OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Id, StringComparer.Ordinal).ToList();
        var next = from + limit < meant.Count ? (from + limit).ToString(CultureInfo.InvariantCulture) : null;
        return Task.FromResult(new TaskPage([.. meant.Skip(from).Take(limit).Select(TaskSummary.Of)], next, meant.Count));
    }

    /// <inheritdoc/>
    public TaskHandle GetHandle(string id) => new(this, id);

    /// <inheritdoc/>
    public TaskHandle<TResult> GetHandle<TResult>(string id) => new(this, id);

    Task<TaskSnapshot?> ITaskAnswers.GetSnapshotAsync(string id, CancellationToken cancellationToken) => Task.FromResult(_tasks.GetValueOrDefault(id));

    Task<TaskSnapshot> ITaskAnswers.WaitAsync(string id, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var snapshot = _tasks.GetValueOrDefault(id) ?? throw new TaskNotFoundException(id);
        return snapshot.State.IsFinal() || timeout != Timeout.InfiniteTimeSpan
            ? Task.FromResult(snapshot)
            : throw new InvalidOperationException($"Nothing runs '{snapshot.Task}' here, so its end would never come: say what it returns with Returns(\"{snapshot.Task}\", ...).");
    }

    Task<CancelReply> ITaskAnswers.CancelAsync(string id, CancellationToken cancellationToken)
    {
        var outcome = CancelOutcome.NotFound;
        if (_tasks.TryGetValue(id, out var snapshot))
        {
            outcome = snapshot.State.IsFinal() ? CancelOutcome.AlreadyFinished : CancelOutcome.Cancelled;
            snapshot = snapshot.State.IsFinal() ? snapshot : snapshot with { State = TaskState.Cancelled, Reason = "requested", Version = snapshot.Version + 1 };
            _tasks[id] = snapshot;
        }

        return Task.FromResult(new CancelReply(outcome, snapshot));
    }

    Task<ChangeOutcome> ITaskAnswers.ChangeAsync(string id, TaskChange change, TouchTerms terms, CancellationToken cancellationToken) =>
        Task.FromResult(Update(id, now => now.State.IsFinal()
            ? (ChangeOutcome.AlreadyFinished, now)
            : (ChangeOutcome.Changed, now with { Queue = change.Queue ?? now.Queue, Priority = change.Priority ?? now.Priority, DueAt = change.DueAt ?? now.DueAt })));

    Task<ChangeOutcome> ITaskAnswers.RetryAsync(string id, TouchTerms terms, CancellationToken cancellationToken) =>
        Task.FromResult(Update(id, now => now.State is TaskState.Failed or TaskState.Cancelled
            ? (ChangeOutcome.Changed, now with { State = TaskState.Queued, Reason = null })
            : (ChangeOutcome.NotFailed, now)));

    Task<ChangeOutcome> ITaskAnswers.ForgetAsync(string id, CancellationToken cancellationToken)
    {
        var outcome = Update(id, now => (now.State.IsFinal() ? ChangeOutcome.Changed : ChangeOutcome.Unfinished, now));
        if (outcome == ChangeOutcome.Changed)
        {
            _tasks.TryRemove(id, out _);
        }

        return Task.FromResult(outcome);
    }

    Task<TaskLogPart> ITaskAnswers.GetLogAsync(string id, CancellationToken cancellationToken) => Task.FromResult(new TaskLogPart([], 0));

    private static bool Fits(TaskSnapshot task, TaskFilter filter) =>
        (filter.State is null || filter.State == task.State) && (filter.Queue is null || NamePattern.Fits(filter.Queue, task.Queue)) && (filter.Task is null || NamePattern.Fits(filter.Task, task.Task))
        && (filter.Tag is null || task.Tags.Contains(filter.Tag)) && (filter.Parent is null || task.ParentId == filter.Parent)
        && (filter.Worker is null || task.Worker is { } worker && NamePattern.Fits(filter.Worker, worker)) && (filter.Since is null || task.CreatedAt >= filter.Since) && (filter.Until is null || task.CreatedAt <= filter.Until)
        && (filter.Text is null || $"{task.Id} {task.Task} {task.Args}".Contains(filter.Text, StringComparison.OrdinalIgnoreCase));

    private ChangeOutcome Update(string id, Func<TaskSnapshot, (ChangeOutcome Outcome, TaskSnapshot After)> update)
    {
        if (!_tasks.TryGetValue(id, out var now))
        {
            return ChangeOutcome.NotFound;
        }

        var (outcome, after) = update(now);
        _tasks[id] = after;
        return outcome;
    }

    private Task<TaskSnapshot> SubmitOneAsync(TaskSubmission submission, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var reply = Accept(submission);
        return reply.Refusal is { } refusal ? throw new TaskRefusedException(refusal) : Task.FromResult(reply.Snapshot!);
    }

    private SubmitReply Accept(TaskSubmission asked)
    {
        if (_refusals.TryGetValue(asked.Task, out var refusal))
        {
            return new(null, false, refusal);
        }

        var submission = TaskGrid.Submissions.Complete(asked);
        var accepted = ToSnapshot(submission);
        var snapshot = _tasks.GetOrAdd(accepted.Id, accepted);
        var isNew = ReferenceEquals(snapshot, accepted);
        if (isNew)
        {
            Submissions.Add(submission);
        }

        return new(snapshot, isNew, null);
    }

    private TaskSnapshot ToSnapshot(TaskSubmission submission)
    {
        var (options, isKnown) = (submission.Options, _results.TryGetValue(submission.Task, out var result));
        return new()
        {
            Id = options.Id!,
            Task = submission.Task,
            Queue = options.Queue ?? "default",
            Priority = options.Priority ?? 5,
            MaxAttempts = options.MaxAttempts ?? 3,
            State = isKnown ? TaskState.Succeeded : options.Delay is null && options.DueAt is null ? TaskState.Queued : TaskState.Scheduled,
            Attempt = isKnown ? 1 : 0,
            DueAt = options.DueAt,
            Args = submission.Args,
            Result = isKnown ? result : null,
            Tags = options.Tags ?? [],
            Headers = options.Headers,
            ParentId = options.ParentId,
            RootId = options.RootId,
        };
    }
}
