namespace TaskGrid;

/// <summary>What <see cref="IQueueClient"/> asks of the grid.</summary>
[Alias("taskgrid.queue-admin")]
public interface IQueueAdminGrain : IGrainWithIntegerKey
{
    /// <summary>A queue as it stands.</summary>
    [Alias("Get")]
    Task<QueueSnapshot> Get(string queue);

    /// <summary>All queues as they stand.</summary>
    [Alias("List")]
    Task<IReadOnlyList<QueueSnapshot>> List();

    /// <summary>Sets everything about a queue.</summary>
    [Alias("Configure")]
    Task<QueueChangeReply> Configure(string queue, QueueSettings settings, QueueChange change);

    /// <summary>Pauses or resumes a queue.</summary>
    [Alias("Pause")]
    Task<QueueChangeReply> Pause(string queue, bool paused, QueueChange change);
}
