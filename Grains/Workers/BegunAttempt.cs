using TaskGrid.Tasks;

namespace TaskGrid.Workers;

/// <summary>An attempt whose code has begun, with what its end needs.</summary>
internal sealed record BegunAttempt(Attempt Attempt, TaskDefinition Definition, ITaskRunGrain Grain, ProgressWriter Progress)
{
    public string Id => Attempt.Id;

    public string Task => Definition.Header.Task;

    public string Queue => Attempt.Queue;

    public int Number => Attempt.Number;

    public ResolvedSettings Settings => Definition.Header.Resolve();
}
