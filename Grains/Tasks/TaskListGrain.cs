using Orleans.Concurrency;
using TaskGrid.Storage;

namespace TaskGrid.Tasks;

/// <summary>Reads lists of tasks, in steps that hold nobody up.</summary>
[StatelessWorker, Reentrant, GrainType("taskgrid-task-list")]
internal sealed class TaskListGrain(TaskListStore lists) : Grain, ITaskListGrain
{
    // A step is one script, which holds everybody up for a millisecond or two.
    private const int ScannedAtOnce = 500;
    private const int MostScanned = 10_000;

    public async Task<TaskListReply> Read(TaskListRequest request)
    {
        if (TaskListRules.Check(request) is { } refusal)
        {
            return new(null, refusal);
        }

        var items = new List<TaskSummary>();
        var (cursor, scanned) = (request.Cursor ?? "", 0);
        do
        {
            var step = await StoreCalls.AskAsync(() => lists.ReadAsync(request, cursor, request.Limit - items.Count, ScannedAtOnce));
            items.AddRange(step.Items.Select(r => TaskSummary.Of(r.ToSnapshot())));
            (cursor, scanned) = (step.Cursor, scanned + step.Scanned);
        }
        while (cursor.Length > 0 && items.Count < request.Limit && scanned < MostScanned);
        return new(new(items, cursor.Length == 0 ? null : cursor, scanned));
    }
}
