namespace TaskGrid;

/// <summary>Tells how the grid does.</summary>
public interface IStatsClient
{
    /// <summary>The grid in figures, with the last hour.</summary>
    /// <exception cref="GridUnavailableException">No answer in time.</exception>
    Task<GridStats> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>The failures of attempts and tasks by their kind, the last one first.</summary>
    /// <param name="most">How many kinds at most; 1 to 1,000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GridUnavailableException">No answer in time.</exception>
    Task<IReadOnlyList<ErrorGroup>> GetErrorsAsync(int most = 50, CancellationToken cancellationToken = default);

    /// <summary>The tasks that live silos run, by name.</summary>
    /// <exception cref="GridUnavailableException">No answer in time.</exception>
    Task<IReadOnlyList<TaskType>> GetTaskTypesAsync(CancellationToken cancellationToken = default);
}
