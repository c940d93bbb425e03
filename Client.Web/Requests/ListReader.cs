using TaskGrid.Access;

namespace TaskGrid.Requests;

/// <summary>Reads from a query which tasks are to be listed. Pure.</summary>
internal static class ListReader
{
    public const int MaxLimit = 200;

    /// <summary>Reads which events somebody wants to hear: the part of a filter that events can be held against.</summary>
    public static Parsed<TaskListRequest> ReadEvents(IQueryCollection query, Scope scope)
    {
        var state = QueryValues.Word<TaskState>(query, "state");
        return state.Refusal is { } refusal
            ? refusal
            : new TaskListRequest(
                new() { State = state.Value, Queue = QueryValues.Text(query, "queue"), Task = QueryValues.Text(query, "task") }, null, 1, scope.Queues, scope.Tasks);
    }

    /// <param name="query">The query.</param>
    /// <param name="scope">What whoever asks is limited to: other tasks are not in the list.</param>
    public static Parsed<TaskListRequest> Read(IQueryCollection query, Scope scope)
    {
        var (state, since, until) = (QueryValues.Word<TaskState>(query, "state"), QueryValues.Instant(query, "since"), QueryValues.Instant(query, "until"));
        var limit = QueryValues.Whole(query, "limit", TaskLists.DefaultLimit, 1, MaxLimit);
        if ((state.Refusal ?? since.Refusal ?? until.Refusal ?? limit.Refusal) is { } refusal)
        {
            return refusal;
        }

        var filter = new TaskFilter
        {
            State = state.Value, Queue = QueryValues.Text(query, "queue"), Task = QueryValues.Text(query, "task"), Tag = QueryValues.Text(query, "tag"),
            Parent = QueryValues.Text(query, "parent"), Worker = QueryValues.Text(query, "worker"),
            Since = since.Value, Until = until.Value, Text = QueryValues.Text(query, "text"),
        };
        return new TaskListRequest(filter, QueryValues.Text(query, "cursor"), (int)limit.Value!.Value, scope.Queues, scope.Tasks);
    }
}
