namespace TaskGrid;

/// <summary>Looks after the workers of the grid while they run.</summary>
public interface IWorkerClient
{
    /// <summary>The workers of all silos that answer.</summary>
    /// <exception cref="GridUnavailableException">No answer in time.</exception>
    Task<IReadOnlyList<WorkerSnapshot>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Says which queues a worker takes tasks from, until its silo restarts: names, or beginnings of names with a <c>*</c> at the end; <c>*</c>
    /// means all, none drains it. What it runs goes on. <c>TaskGrid:Queues</c> says what a silo serves from its start.
    /// </summary>
    /// <returns>False when there is no such worker.</returns>
    /// <exception cref="TaskRefusedException">A pattern is not one.</exception>
    Task<bool> ServeAsync(string worker, IReadOnlyList<string> queues, CancellationToken cancellationToken = default);

    /// <summary>Lets a worker take nothing more, until it is resumed or its silo restarts. What it runs goes on.</summary>
    /// <returns>False when there is no such worker.</returns>
    Task<bool> DrainAsync(string worker, CancellationToken cancellationToken = default) => ServeAsync(worker, [], cancellationToken);

    /// <summary>Lets a worker take tasks again from the queues that its configuration says.</summary>
    /// <returns>False when there is no such worker.</returns>
    Task<bool> ResumeAsync(string worker, CancellationToken cancellationToken = default);
}
