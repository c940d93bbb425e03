namespace TaskGrid;

/// <summary>A task that was submitted: ask for its state, wait for it, cancel it.</summary>
public class TaskHandle
{
    private readonly ITaskAnswers _answers;

    internal TaskHandle(ITaskAnswers answers, string id, TaskSnapshot? accepted = null)
    {
        _answers = answers;
        Id = id;
        Accepted = accepted;
    }

    /// <summary>The task's id.</summary>
    public string Id { get; }

    /// <summary>The snapshot that the submit was answered with; absent on a handle made from an id.</summary>
    public TaskSnapshot? Accepted { get; }

    /// <summary>The task as it is now; <c>null</c> when there is none with this id.</summary>
    /// <exception cref="GridUnavailableException">No answer in time.</exception>
    public Task<TaskSnapshot?> GetSnapshotAsync(CancellationToken cancellationToken = default) =>
        _answers.GetSnapshotAsync(Id, cancellationToken);

    /// <summary>
    /// Returns as soon as the task is final, or with its present state after <paramref name="timeout"/>
    /// (<see cref="Timeout.InfiniteTimeSpan"/>: no limit). It waits through restarts of the cluster.
    /// </summary>
    /// <exception cref="TaskNotFoundException">There is no task with this id.</exception>
    public Task<TaskSnapshot> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        _answers.WaitAsync(Id, timeout, cancellationToken);

    /// <summary>Waits until the task is final and returns its result as JSON.</summary>
    /// <exception cref="TaskFailedException">The task failed.</exception>
    /// <exception cref="TaskCancelledException">The task was cancelled.</exception>
    /// <exception cref="TaskNotFoundException">There is no task with this id.</exception>
    public async Task<JsonText> GetResultJsonAsync(CancellationToken cancellationToken = default)
    {
        var snapshot = await WaitAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        return snapshot.State switch
        {
            TaskState.Succeeded => snapshot.Result ?? default,
            TaskState.Cancelled => throw new TaskCancelledException(snapshot),
            _ => throw new TaskFailedException(snapshot),
        };
    }

    /// <summary>Cancels the task durably.</summary>
    /// <exception cref="GridUnavailableException">No answer in time; the cancel may have been stored.</exception>
    public Task<CancelReply> CancelAsync(CancellationToken cancellationToken = default) =>
        _answers.CancelAsync(Id, cancellationToken);

    /// <summary>Moves the task, if it waits, to another queue, priority or due instant.</summary>
    /// <exception cref="TaskRefusedException">What is asked for is out of its bounds.</exception>
    /// <exception cref="GridUnavailableException">No answer in time; the change may have been made.</exception>
    public Task<ChangeOutcome> ChangeAsync(TaskChange change, CancellationToken cancellationToken = default) =>
        _answers.ChangeAsync(Id, change, default, cancellationToken);

    internal Task<ChangeOutcome> ChangeAsync(TaskChange change, TouchTerms terms, CancellationToken cancellationToken) => _answers.ChangeAsync(Id, change, terms, cancellationToken);

    /// <summary>Lets the task, if it has failed or was cancelled, run again with all its attempts. Its old expiry and deadline do not hold any more.</summary>
    /// <exception cref="GridUnavailableException">No answer in time; it may run again.</exception>
    public Task<ChangeOutcome> RetryAsync(CancellationToken cancellationToken = default) => _answers.RetryAsync(Id, default, cancellationToken);

    internal Task<ChangeOutcome> RetryAsync(TouchTerms terms, CancellationToken cancellationToken) => _answers.RetryAsync(Id, terms, cancellationToken);

    /// <summary>Forgets the task, if it is final, with its result, error and log.</summary>
    /// <exception cref="GridUnavailableException">No answer in time; it may be forgotten.</exception>
    public Task<ChangeOutcome> ForgetAsync(CancellationToken cancellationToken = default) => _answers.ForgetAsync(Id, cancellationToken);

    /// <summary>The last 200 lines of the task's own log, oldest first, each with its instant before it.</summary>
    /// <exception cref="GridUnavailableException">No answer in time.</exception>
    public async Task<IReadOnlyList<string>> GetLogAsync(CancellationToken cancellationToken = default) =>
        (await _answers.GetLogAsync(Id, cancellationToken).ConfigureAwait(false)).Lines;

    /// <summary>The same, with the number of the last line, by which somebody can read on.</summary>
    internal Task<TaskLogPart> GetLogPartAsync(CancellationToken cancellationToken) => _answers.GetLogAsync(Id, cancellationToken);
}

/// <summary>A <see cref="TaskHandle"/> that knows its result's type.</summary>
public sealed class TaskHandle<TResult> : TaskHandle
{
    internal TaskHandle(ITaskAnswers answers, string id, TaskSnapshot? accepted = null)
        : base(answers, id, accepted)
    {
    }

    /// <summary>Waits until the task is final and returns its result.</summary>
    /// <inheritdoc cref="TaskHandle.GetResultJsonAsync"/>
    public async Task<TResult> GetResultAsync(CancellationToken cancellationToken = default)
    {
        var json = await GetResultJsonAsync(cancellationToken).ConfigureAwait(false);
        return json.As<TResult>()!;
    }
}
