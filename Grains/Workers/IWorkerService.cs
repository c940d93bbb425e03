using Orleans.Services;

namespace TaskGrid.Workers;

/// <summary>The door to a silo's worker for other silos. A grain service stays on its silo; it can't be activated elsewhere.</summary>
[Alias("taskgrid.worker")]
internal interface IWorkerService : IGrainService
{
    /// <summary>There is work in a queue: ask its dispatcher for some.</summary>
    [Alias("Wake")]
    Task Wake(string queue);

    /// <summary>A cancel has been stored for a task that this silo runs: fire its handler's token.</summary>
    [Alias("CancelAttempt")]
    Task CancelAttempt(string id);

    /// <summary>What an attempt that this silo runs has reported last; <c>null</c> when it has not, or does not run here.</summary>
    [Alias("GetProgress")]
    Task<JsonText?> GetProgress(string id, long token);

    /// <summary>How it stands.</summary>
    [Alias("Describe")]
    Task<WorkerSnapshot> Describe();

    /// <summary>Publishes from now on what somebody listens to.</summary>
    [Alias("Listen")]
    Task Listen(EventInterest interest);

    /// <summary>Takes tasks from these queues from now on.</summary>
    [Alias("Serve")]
    Task Serve(IReadOnlyList<string> queues);

    /// <summary>Takes tasks from the queues of its configuration again.</summary>
    [Alias("ServeAsConfigured")]
    Task ServeAsConfigured();
}
