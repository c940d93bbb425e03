using Orleans.Concurrency;
using TaskGrid.Handlers;
using TaskGrid.Storage;

namespace TaskGrid.Workers;

/// <summary>Asks the workers of all silos, from whichever silo is asked.</summary>
[StatelessWorker, Reentrant, GrainType("taskgrid-worker-admin")]
internal sealed class WorkerAdminGrain(WorkerServiceClient workers, ISiloStatusOracle silos, StatsStore stats, SiloStore beats, TimeProvider time) : Grain, IWorkerAdminGrain
{
    private const int MaxPatterns = 100;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    public async Task<IReadOnlyList<WorkerSnapshot>> List()
    {
        var answers = await Task.WhenAll(silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Select(DescribeAsync));
        var tasks = (await StoreCalls.AskAsync(stats.RunningAsync)).ToLookup(t => t.Worker, t => t.Task);
        var heartbeats = await StoreCalls.AskAsync(beats.HeartbeatsAsync);
        return
        [
            .. answers.OfType<WorkerSnapshot>().OrderBy(w => w.Worker, StringComparer.Ordinal).Select(w => w with
            {
                Tasks = [.. tasks[w.Worker].OrderByDescending(t => t.StartedAt).ThenBy(t => t.Id, StringComparer.Ordinal)],
                HeartbeatAt = heartbeats.TryGetValue(w.Worker, out var at) ? at : null,
            }),
        ];
    }

    public async Task<ServeReply> Serve(string worker, IReadOnlyList<string> queues)
    {
        if (queues.Count > MaxPatterns || queues.Any(q => !NamePattern.IsValid(q, Names.IsValidQueue)))
        {
            return new(false, new(ErrorCodes.InvalidQueue, $"Give at most {MaxPatterns} names of queues, or beginnings of names with a * at the end.", "queues"));
        }

        return new(await TellAsync(worker, service => service.Serve(queues)));
    }

    public Task<bool> Resume(string worker) => TellAsync(worker, service => service.ServeAsConfigured());

    private async Task<bool> TellAsync(string worker, Func<IWorkerService, Task> tell)
    {
        foreach (var silo in silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Where(s => worker.StartsWith($"{s.ToParsableString()}~", StringComparison.Ordinal)))
        {
            await tell(workers.On(silo));
            return true;
        }

        return false;
    }

    private async Task<WorkerSnapshot?> DescribeAsync(SiloAddress silo)
    {
        try
        {
            return await workers.On(silo).Describe().WaitAsync(s_patience, time);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            // It has just died, or is about to be found dead.
            return null;
        }
    }
}
