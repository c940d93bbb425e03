using Orleans.Concurrency;

namespace TaskGrid.Tasks;

/// <summary>What a worker tells the grain of the task that it runs. Hints, which nobody answers: the store has it already.</summary>
[Alias("taskgrid.task-run")]
internal interface ITaskRunGrain : IGrainWithStringKey
{
    /// <summary>An attempt begins. Activates the grain where the attempt runs, unless it is active elsewhere.</summary>
    [Alias("Begun"), AlwaysInterleave, OneWay]
    Task Begun();

    /// <summary>The task has changed in the store: whoever waits for it should look.</summary>
    [Alias("Changed"), AlwaysInterleave, OneWay]
    Task Changed();
}
