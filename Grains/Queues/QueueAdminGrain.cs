using Orleans.Concurrency;
using TaskGrid.Storage;

namespace TaskGrid.Queues;

/// <summary>Looks after queues on whichever silo is asked: check, then store.</summary>
[StatelessWorker, Reentrant, GrainType("taskgrid-queue-admin")]
internal sealed class QueueAdminGrain(QueueStore queues) : Grain, IQueueAdminGrain
{
    public async Task<QueueSnapshot> Get(string queue)
    {
        var record = await StoreCalls.AskAsync(() => queues.ReadAsync(queue));
        return new()
        {
            Queue = queue, IsPaused = record.IsPaused, NotDue = record.NotDue, OpenLanes = record.OpenLanes, ShutLanes = record.ShutLanes, Revision = record.Revision,
            Settings = record.Settings,
        };
    }

    public Task<IReadOnlyList<string>> List() => StoreCalls.AskAsync(queues.NamesAsync);

    public Task<QueueChangeReply> Configure(string queue, QueueSettings settings, QueueChange change) =>
        ChangeAsync(QueueRules.Check(queue) ?? QueueRules.Check(settings), () => queues.ConfigureAsync(queue, settings, change));

    public Task<QueueChangeReply> Pause(string queue, bool paused, QueueChange change) =>
        ChangeAsync(QueueRules.Check(queue), () => queues.PauseAsync(queue, paused, change));

    private static async Task<QueueChangeReply> ChangeAsync(TaskRefusal? refusal, Func<Task<bool>> change) =>
        refusal is not null ? new(false, refusal) : new(!await StoreCalls.AskAsync(change));
}
