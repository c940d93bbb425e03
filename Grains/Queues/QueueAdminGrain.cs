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
            Queue = queue, IsPaused = record.IsPaused, NotDue = record.NotDue, OpenLanes = record.OpenLanes, ShutLanes = record.ShutLanes, Settings = record.Settings,
        };
    }

    public Task<IReadOnlyList<string>> List() => StoreCalls.AskAsync(queues.NamesAsync);

    public Task<TaskRefusal?> Configure(string queue, QueueSettings settings) =>
        RefuseOrAsync(QueueRules.Check(queue) ?? QueueRules.Check(settings), () => queues.ConfigureAsync(queue, settings));

    public Task<TaskRefusal?> Pause(string queue, bool paused) => RefuseOrAsync(QueueRules.Check(queue), () => queues.PauseAsync(queue, paused));

    private static async Task<TaskRefusal?> RefuseOrAsync(TaskRefusal? refusal, Func<Task> change)
    {
        if (refusal is null)
        {
            await StoreCalls.AskAsync(async () =>
            {
                await change();
                return true;
            });
        }

        return refusal;
    }
}
