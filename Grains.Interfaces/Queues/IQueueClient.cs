namespace TaskGrid;

/// <summary>
/// Looks after queues while they work. A queue is there as soon as something is submitted to it or set about it. What is set is in the
/// store when the call returns, and holds for the next task that starts.
/// </summary>
public interface IQueueClient
{
    /// <summary>A queue as it stands; one that was never used stands empty.</summary>
    /// <exception cref="GridUnavailableException">No answer in time.</exception>
    Task<QueueSnapshot> GetAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary>All queues that there have been as they stand, by name.</summary>
    /// <exception cref="GridUnavailableException">No answer in time.</exception>
    Task<IReadOnlyList<QueueSnapshot>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Sets everything about a queue, in place of what was set before.</summary>
    /// <exception cref="TaskRefusedException">A name or a limit is out of its bounds; nothing was set.</exception>
    Task ConfigureAsync(string queue, QueueSettings settings, CancellationToken cancellationToken = default);

    /// <summary>Starts nothing more from a queue. What runs goes on; submits are accepted.</summary>
    Task PauseAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary>Starts what waits in a queue again.</summary>
    Task ResumeAsync(string queue, CancellationToken cancellationToken = default);
}
