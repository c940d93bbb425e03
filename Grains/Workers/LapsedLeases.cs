using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TaskGrid.Storage;

namespace TaskGrid.Workers;

/// <summary>Ends the leases of silos that have been declared dead, so that their tasks run again. Any silo may, at any time: each end is one compare-and-set.</summary>
internal sealed partial class LapsedLeases(LeaseStore leases, IOptions<TaskGridOptions> options, ILogger<LapsedLeases> logger)
{
    /// <summary>Ends them all; returns how many there were.</summary>
    public async Task<int> ReapAsync()
    {
        var reaped = 0;
        while (await leases.OfDeadSilosAsync().ConfigureAwait(false) is { Count: > 0 } found)
        {
            await Task.WhenAll(found.Select(l => leases.LapseAsync(l.Id, l.Lease.Token, options.Value.CrashLimit))).ConfigureAwait(false);
            foreach (var (id, lease) in found)
            {
                LogLapsed(id, lease.Silo, lease.Attempt);
            }

            reaped += found.Count;
        }

        return reaped;
    }

    [LoggerMessage(LogLevel.Warning, "The lease of task {TaskId} has lapsed: silo {Silo} died during attempt {Attempt}")]
    private partial void LogLapsed(string taskId, string silo, int attempt);
}
