namespace TaskGrid;

/// <summary>What <see cref="IWorkerClient"/> asks of the grid.</summary>
[Alias("taskgrid.worker-admin")]
public interface IWorkerAdminGrain : IGrainWithIntegerKey
{
    /// <summary>The workers of all silos that answer.</summary>
    [Alias("List")]
    Task<IReadOnlyList<WorkerSnapshot>> List();

    /// <summary>Says which queues a worker serves.</summary>
    [Alias("Serve")]
    Task<ServeReply> Serve(string worker, IReadOnlyList<string> queues);

    /// <summary>Lets a worker serve the queues of its configuration again; false when there is none.</summary>
    [Alias("Resume")]
    Task<bool> Resume(string worker);
}

/// <summary>The answer.</summary>
/// <param name="Found">Whether there is such a worker.</param>
/// <param name="Refusal">Why it was not done.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.serve-reply")]
public sealed record ServeReply([property: Id(0)] bool Found, [property: Id(1)] TaskRefusal? Refusal = null);
