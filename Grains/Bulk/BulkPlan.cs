namespace TaskGrid.Bulk;

/// <summary>How the tasks that a request means are come to. Pure.</summary>
internal static class BulkPlan
{
    /// <summary>Whether indexes lead to them: by a tag alone, by queue, by name. Anything else is found by going through lists, record by record.</summary>
    public static bool IsIndexed(BulkRequest request) =>
        request is { State: null, Since: null, Until: null, Text: null, Parent: null, Action: not BulkAction.Forget }
        && !IsPattern(request.Queue) && !IsPattern(request.Task)
        && (request.Tag is null || request is { Queue: null, Action: not BulkAction.Retry });

    /// <summary>Whether it is for tasks that are final: then what has ended since the operation began is left alone, else what was accepted since.</summary>
    public static bool IsOfFinal(BulkRequest request) => request.Action is BulkAction.Retry or BulkAction.Forget;

    /// <summary>Whether all has to be gone through until nothing is found: tasks go from lane to lane, and end attempts, while others are looked at. In a list each has its place.</summary>
    public static bool IsRepeated(BulkRequest request) => IsIndexed(request) && !IsOfFinal(request);

    /// <summary>The lists to go through one after the other; <c>null</c> is that of all tasks.</summary>
    public static IReadOnlyList<TaskState?> Lists(BulkRequest request) => request switch
    {
        { State: { } state } => [state],
        { Action: BulkAction.Retry } => [TaskState.Failed],
        { Action: BulkAction.Forget } => [TaskState.Succeeded, TaskState.Failed, TaskState.Cancelled],
        _ => [null],
    };

    /// <summary>The action in the store's words.</summary>
    public static string Word(BulkRequest request) => request.Action.ToString().ToLowerInvariant();

    private static bool IsPattern(string? name) => name?.EndsWith('*') ?? false;
}
