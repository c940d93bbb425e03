using Microsoft.Extensions.Logging;
using TaskGrid.Queues;

namespace TaskGrid.Workers;

/// <summary>Tells workers that a queue has work. A signal is a hint: it is not repeated, the watchers make up for a lost one.</summary>
internal sealed partial class WorkerSignals(
    WorkerServiceClient workers, ISiloStatusOracle silos, TimeProvider time, ILogger<WorkerSignals> logger)
{
    public TimeProvider Time => time;

    /// <summary>Wakes every worker that is not waiting at the dispatcher already.</summary>
    public void Wake(string queue, TakeLine except)
    {
        foreach (var silo in silos.GetApproximateSiloStatuses(onlyActive: true).Keys)
        {
            if (!except.IsWaiting(silo.ToParsableString()))
            {
                SendAsync(silo, queue).Ignore();
            }
        }
    }

    private async Task SendAsync(SiloAddress silo, string queue)
    {
        try
        {
            await workers.On(silo).Wake(queue);
        }
        catch (Exception e)
        {
            LogLost(silo, queue, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Debug, "Could not tell silo {Silo} of work in queue {Queue}: {Reason}")]
    private partial void LogLost(SiloAddress silo, string queue, string reason);
}
