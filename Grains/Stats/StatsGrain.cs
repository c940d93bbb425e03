using Orleans.Concurrency;
using TaskGrid.Storage;

namespace TaskGrid.Stats;

/// <summary>Reads figures, on whichever silo is asked.</summary>
[StatelessWorker, Reentrant, GrainType("taskgrid-stats")]
internal sealed class StatsGrain(StatsStore stats) : Grain, IStatsGrain
{
    public Task<GridStats> Read() => StoreCalls.AskAsync(stats.ReadAsync);

    public Task<IReadOnlyList<ErrorGroup>> ReadErrors(int most) => StoreCalls.AskAsync(() => stats.ErrorsAsync(most));

    public Task<IReadOnlyList<TaskType>> ReadTypes() => StoreCalls.AskAsync(stats.TypesAsync);
}
