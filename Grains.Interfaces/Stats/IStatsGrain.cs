namespace TaskGrid;

/// <summary>What <see cref="IStatsClient"/> asks of the grid.</summary>
[Alias("taskgrid.stats-grain")]
public interface IStatsGrain : IGrainWithIntegerKey
{
    /// <summary>The grid in figures.</summary>
    [Alias("Read")]
    Task<GridStats> Read();

    /// <summary>The failures by kind, the last one first.</summary>
    [Alias("ReadErrors")]
    Task<IReadOnlyList<ErrorGroup>> ReadErrors(int most);

    /// <summary>The tasks that live silos run.</summary>
    [Alias("ReadTypes")]
    Task<IReadOnlyList<TaskType>> ReadTypes();
}
