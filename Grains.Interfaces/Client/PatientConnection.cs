using Microsoft.Extensions.Logging;

namespace TaskGrid;

/// <summary>Keeps a client waiting for its cluster instead of ending the process: silos and clients may start in any order.</summary>
internal sealed partial class PatientConnection(ILogger<PatientConnection> logger, TimeProvider time) : IClientConnectionRetryFilter
{
    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        LogWaiting(exception.Message);
        await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken).ConfigureAwait(false);
        return true;
    }

    [LoggerMessage(LogLevel.Warning, "Waiting for a silo of the grid: {Reason}")]
    private partial void LogWaiting(string reason);
}
