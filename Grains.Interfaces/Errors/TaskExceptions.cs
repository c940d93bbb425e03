namespace TaskGrid;

/// <summary>The base of what <see cref="ITaskClient"/> throws.</summary>
[GenerateSerializer, Alias("taskgrid.exception")]
public abstract class TaskGridException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The grid refused a request; nothing was changed by it.</summary>
public sealed class TaskRefusedException(TaskRefusal refusal) : TaskGridException(refusal.Message)
{
    /// <summary>Why.</summary>
    public TaskRefusal Refusal { get; } = refusal;

    /// <summary>One of <see cref="ErrorCodes"/>.</summary>
    public string Code => Refusal.Code;
}

/// <summary>
/// Neither acknowledged nor refused: no silo, or no store, answered in time. The request may have been carried out;
/// repeat it with the same id to find out.
/// </summary>
[GenerateSerializer, Alias("taskgrid.grid-unavailable")]
public sealed class GridUnavailableException(string code, string message, Exception? inner = null) : TaskGridException(message, inner)
{
    /// <summary><see cref="ErrorCodes.GridUnavailable"/>, <see cref="ErrorCodes.StoreUnavailable"/> or <see cref="ErrorCodes.StoreFull"/>.</summary>
    [Id(0)]
    public string Code { get; } = code;

    /// <summary>How long to wait before the next try, where somebody has said so.</summary>
    [Id(1)]
    internal TimeSpan? RetryAfter { get; init; }
}

/// <summary>No task has this id: it was never submitted, or has been forgotten.</summary>
public sealed class TaskNotFoundException(string id) : TaskGridException($"There is no task '{id}'.")
{
    /// <summary>The id asked for.</summary>
    public string Id { get; } = id;
}

/// <summary>A result was asked of a task that failed.</summary>
public sealed class TaskFailedException(TaskSnapshot snapshot)
    : TaskGridException($"Task {snapshot.Task} ({snapshot.Id}) failed: {snapshot.Error?.Type}: {snapshot.Error?.Message}")
{
    /// <summary>The failed task, with its error and attempts.</summary>
    public TaskSnapshot Snapshot { get; } = snapshot;

    /// <summary>The error of its last attempt: the remote exception's type, message and stack, or one of the grid's own <see cref="ErrorCodes"/>.</summary>
    public TaskError? Error => Snapshot.Error;
}

/// <summary>A result was asked of a task that was cancelled.</summary>
public sealed class TaskCancelledException(TaskSnapshot snapshot)
    : TaskGridException($"Task {snapshot.Task} ({snapshot.Id}) was cancelled: {snapshot.Reason}")
{
    /// <summary>The cancelled task.</summary>
    public TaskSnapshot Snapshot { get; } = snapshot;
}
