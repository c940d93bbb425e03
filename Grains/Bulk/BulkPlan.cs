namespace TaskGrid.Bulk;

/// <summary>How the tasks that a request means are come to. Pure.</summary>
internal static class BulkPlan
{
    /// <summary>
    /// Whether indexes lead to them: what is not final, by a tag alone, by queue, by name. Anything else is found by going through all that the state has, record by record.
    /// </summary>
    public static bool IsIndexed(BulkRequest request) =>
        !IsOfFinal(request) && request is { State: null, Since: null, Until: null, Text: null, Parent: null, Worker: null } && !IsPattern(request.Queue) && !IsPattern(request.Task)
        && (request.Tag is null || request.Queue is null);

    /// <summary>Whether it is for tasks that are final: then what has ended since the operation began is left alone, else what was accepted since.</summary>
    public static bool IsOfFinal(BulkRequest request) => request.Action is BulkAction.Retry or BulkAction.Forget;

    /// <summary>
    /// Whether all has to be gone through until nothing is found: tasks go from place to place, and end attempts, while others are looked at. In the list of all each
    /// keeps its place, and what runs is asked to stop there.
    /// </summary>
    public static bool IsRepeated(BulkRequest request) => !IsOfFinal(request) && (IsIndexed(request) || request.State is not null || request.Action != BulkAction.Cancel);

    /// <summary>The states that it is about; <c>null</c> is all that are not final.</summary>
    public static IReadOnlyList<TaskState?> States(BulkRequest request) => request switch
    {
        { State: { } state } => [state],
        { Action: BulkAction.Retry } => [TaskState.Failed],
        { Action: BulkAction.Forget } => [TaskState.Succeeded, TaskState.Failed, TaskState.Cancelled],
        _ => [null],
    };

    /// <summary>The parts of a state that are gone through one after the other, in the store's words.</summary>
    /// <param name="state">One of <see cref="States"/>.</param>
    /// <param name="queue">The queue that is asked for, or a pattern.</param>
    /// <param name="queues">All queues.</param>
    /// <param name="classes">The bucket states with a retention class.</param>
    public static IEnumerable<string> Parts(TaskState? state, string? queue, IReadOnlyList<string> queues, IReadOnlyList<string> classes) => state switch
    {
        null => ["A"],
        TaskState.Queued => ["Q"],
        TaskState.Retrying => ["R"],
        TaskState.Running => ["L"],
        TaskState.Scheduled => queues.Where(q => queue is null || NamePattern.Fits(queue, q)).Select(q => $"D:{q}"),
        { } final => classes.Where(c => c[0] == Letter(final)).Prepend($"{Letter(final)}"),
    };

    /// <summary>The action in the store's words.</summary>
    public static string Word(BulkRequest request) => request.Action.ToString().ToLowerInvariant();

    private static char Letter(TaskState final) => final switch
    {
        TaskState.Succeeded => 'S',
        TaskState.Failed => 'F',
        _ => 'C',
    };

    private static bool IsPattern(string? name) => name?.EndsWith('*') ?? false;
}
