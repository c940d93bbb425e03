namespace TaskGrid.Events;

/// <summary>Which events of the grid a reader hears. Pure.</summary>
internal static class EventFilter
{
    /// <summary>Whether an event fits. One of which the queue or name is not known fits only who asked for neither.</summary>
    public static bool Fits(TaskListRequest request, TaskEvent what) =>
        (request.Filter.State is null || request.Filter.State == what.State)
        && FitsOne(request.Filter.Queue is { } queue ? [queue] : [], what.Queue) && FitsOne(request.Queues, what.Queue)
        && FitsOne(request.Filter.Task is { } task ? [task] : [], what.Task) && FitsOne(request.Tasks, what.Task);

    private static bool FitsOne(IReadOnlyList<string> patterns, string? name) =>
        patterns.Count == 0 || name is not null && patterns.Any(p => NamePattern.Fits(p, name));
}
