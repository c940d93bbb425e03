namespace TaskGrid;

/// <summary>What <see cref="IQueueClient"/> asks of the grid.</summary>
[Alias("taskgrid.queue-admin")]
public interface IQueueAdminGrain : IGrainWithIntegerKey
{
    /// <summary>A queue as it stands.</summary>
    [Alias("Get")]
    Task<QueueSnapshot> Get(string queue);

    /// <summary>The names of all queues.</summary>
    [Alias("List")]
    Task<IReadOnlyList<string>> List();

    /// <summary>Sets everything about a queue; returns why not, if it is refused.</summary>
    [Alias("Configure")]
    Task<TaskRefusal?> Configure(string queue, QueueSettings settings);

    /// <summary>Pauses or resumes a queue; returns why not, if it is refused.</summary>
    [Alias("Pause")]
    Task<TaskRefusal?> Pause(string queue, bool paused);
}
