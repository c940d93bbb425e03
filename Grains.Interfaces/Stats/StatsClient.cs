namespace TaskGrid;

/// <summary>The <see cref="IStatsClient"/> over an Orleans client, or over a silo's own grain factory.</summary>
internal sealed class StatsClient(IGrainFactory grains, GridCalls calls) : IStatsClient
{
    private const int MostGroups = 1000;

    private readonly IStatsGrain _stats = grains.GetGrain<IStatsGrain>(0);

    public Task<GridStats> GetAsync(CancellationToken cancellationToken = default) => calls.RetryAsync(() => _stats.Read(), cancellationToken);

    public Task<IReadOnlyList<ErrorGroup>> GetErrorsAsync(int most = 50, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, MostGroups);
        return calls.RetryAsync(() => _stats.ReadErrors(most), cancellationToken);
    }

    public Task<IReadOnlyList<TaskType>> GetTaskTypesAsync(CancellationToken cancellationToken = default) => calls.RetryAsync(() => _stats.ReadTypes(), cancellationToken);
}
