using Orleans.Concurrency;
using TaskGrid.Storage;

namespace TaskGrid.Queues;

/// <summary>Looks after queues on whichever silo is asked: check, then store.</summary>
[StatelessWorker, Reentrant, GrainType("taskgrid-queue-admin")]
internal sealed class QueueAdminGrain(QueueStore queues, StatsStore stats) : Grain, IQueueAdminGrain
{
    // Each costs the store some 20 microseconds, and one with many lanes a millisecond.
    private const int QueuesAtOnce = 20;

    public async Task<QueueSnapshot> Get(string queue) => (await ReadAsync([queue]))[0];

    public async Task<IReadOnlyList<QueueSnapshot>> List() =>
        await ReadAsync([.. (await StoreCalls.AskAsync(queues.NamesAsync)).Order(StringComparer.Ordinal)]);

    private async Task<IReadOnlyList<QueueSnapshot>> ReadAsync(IReadOnlyList<string> names)
    {
        var running = (await StoreCalls.AskAsync(stats.RunningAsync)).CountBy(t => t.Queue).ToDictionary();
        var snapshots = new List<QueueSnapshot>();
        foreach (var some in names.Chunk(QueuesAtOnce))
        {
            snapshots.AddRange(await StoreCalls.AskAsync(() => queues.ReadAsync(some)));
        }

        return [.. snapshots.Select(s => s with { Running = running.GetValueOrDefault(s.Queue) })];
    }

    public Task<QueueChangeReply> Configure(string queue, QueueSettings settings, QueueChange change) =>
        ChangeAsync(QueueRules.Check(queue) ?? QueueRules.Check(settings), () => queues.ConfigureAsync(queue, settings, change));

    public Task<QueueChangeReply> Pause(string queue, bool paused, QueueChange change) =>
        ChangeAsync(QueueRules.Check(queue), () => queues.PauseAsync(queue, paused, change));

    private static async Task<QueueChangeReply> ChangeAsync(TaskRefusal? refusal, Func<Task<bool>> change) =>
        refusal is not null ? new(false, refusal) : new(!await StoreCalls.AskAsync(change));
}
