using TaskGrid.Queues;
using TaskGrid.Tasks;

namespace TaskGrid.Store;

/// <summary>Lists of tasks, written down plainly: all records are gone through, and sorted.</summary>
internal static class PlainList
{
    public static IEnumerable<TaskRecord> Of(IEnumerable<TaskRecord> all, TaskFilter filter)
    {
        var meant = all.Where(r =>
            (filter.State is null || r.State == filter.State)
            && (filter.Queue is null || r.Line.Queue == filter.Queue)
            && (filter.Task is null || Lane.TaskOf(r.Line.Lane) == filter.Task)
            && (filter.Worker is null || r.ToSnapshot().Worker == filter.Worker)
            && (filter.Since is null || KeyOf(r, filter.State, instant: true) >= filter.Since.Value.ToUnixTimeMilliseconds())
            && (filter.Until is null || KeyOf(r, filter.State, instant: true) <= filter.Until.Value.ToUnixTimeMilliseconds()));
        return filter.State is TaskState.Scheduled or TaskState.Retrying
            ? meant.OrderBy(r => r.Line.Due).ThenBy(r => r.Id, StringComparer.Ordinal)
            : meant.OrderByDescending(r => KeyOf(r, filter.State, instant: false)).ThenByDescending(r => r.Line.Place);
    }

    /// <summary>What a list is sorted by, or the instant that it is listed at.</summary>
    public static long KeyOf(TaskRecord record, TaskState? state, bool instant) => state switch
    {
        TaskState.Scheduled or TaskState.Retrying => record.Line.Due,
        TaskState.Running => record.Lease!.Value.Started,
        TaskState.Succeeded or TaskState.Failed or TaskState.Cancelled => record.Line.Finished,
        _ => instant ? record.Line.Created : record.Line.Place,
    };
}
