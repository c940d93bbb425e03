namespace TaskGrid;

/// <summary>Limits on what runs and starts.</summary>
/// <param name="Concurrency">How many run at a time, 1 to 100,000; none means no limit.</param>
/// <param name="Rate">How many start in a period; none means no limit.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.limits")]
public sealed record Limits([property: Id(0)] int? Concurrency = null, [property: Id(1)] RateLimit? Rate = null);

/// <summary>
/// How a queue treats its tasks. Settings can be changed while the queue works: what waits is treated by the new ones from the next
/// lease on. Every limit that applies to a task has to leave room for it.
/// </summary>
[GenerateSerializer, Immutable, Alias("taskgrid.queue-settings")]
public sealed record QueueSettings
{
    /// <summary>What tasks submitted to the queue get where neither the call nor the task's registration says anything.</summary>
    [Id(0)] public TaskSettings? Defaults { get; init; }

    /// <summary>All tasks of the queue together.</summary>
    [Id(1)] public Limits? Limits { get; init; }

    /// <summary>By task name: the tasks of that name in this queue. Instead of the limits that the task was registered with.</summary>
    [Id(2)] public IReadOnlyDictionary<string, Limits>? TaskLimits { get; init; }

    /// <summary>By concurrency key: the tasks with that key in this queue. Instead of what the tasks themselves ask for.</summary>
    [Id(3)] public IReadOnlyDictionary<string, Limits>? KeyLimits { get; init; }

    /// <summary>Each concurrency key that is not named in <see cref="KeyLimits"/> and whose tasks ask for no limit themselves.</summary>
    [Id(4)] public Limits? EachKeyLimits { get; init; }

    /// <summary>
    /// Whether lanes take turns: within a priority, each task name and concurrency key starts one task after the other, so that a
    /// million tasks of one key do not hold up the others. Else tasks start in the order in which they were accepted.
    /// </summary>
    [Id(5)] public bool Fair { get; init; }

    /// <summary>How long a task waits until it counts as one priority higher, at least 1 s; none means that priorities are strict and low ones may starve.</summary>
    [Id(6)] public TimeSpan? AgeingInterval { get; init; }
}
