namespace TaskGrid;

/// <summary>
/// Hears what the grid has made of attempts, on the silo that ran them, after it is in the store; and of tasks that ended without one
/// (<see cref="AttemptEnd.IsOutsideAttempt"/>), on the silo that noticed. A hint, not a promise: what a silo has
/// not told when it dies is not told, and when an observer can't keep up, the newest are dropped with a warning. What must follow from a task belongs
/// into its handler.
/// </summary>
public interface ITaskObserver
{
    /// <summary>
    /// An attempt, or a task that waited, has ended. Several are told at a time, in no certain order. An exception is logged and changes nothing. An
    /// attempt that ended with its process is told of only when that was the end of its task; one whose outcome came too late to count is not.
    /// </summary>
    /// <param name="end">What was stored.</param>
    /// <param name="cancellationToken">Fires when the silo stops and does not wait any longer.</param>
    Task OnAttemptEndedAsync(AttemptEnd end, CancellationToken cancellationToken);
}
