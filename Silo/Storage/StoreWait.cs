using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TaskGrid.Embedded;

/// <summary>
/// Holds back the start of the host until the store can be used: a silo ends its process when it finds no Redis at start.
/// Everything here happens in <see cref="StartingAsync"/>, which every host runs before the first <c>StartAsync</c>.
/// </summary>
internal sealed partial class StoreWait(StoreProbe probe, TimeProvider time, ILogger<StoreWait> logger, EmbeddedStore? embedded = null) : IHostedLifecycleService
{
    private const int TriesPerMessage = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (embedded is not null)
        {
            Announce(embedded);
        }

        var verdict = await probe.ExamineAsync(cancellationToken).ConfigureAwait(false);
        for (var tries = 0; verdict.Status == HealthStatus.Unhealthy; tries++)
        {
            if (tries % TriesPerMessage == 0)
            {
                LogWaiting(verdict.Message);
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
            verdict = await probe.ExamineAsync(cancellationToken).ConfigureAwait(false);
        }

        if (verdict.Status != HealthStatus.Healthy)
        {
            LogPromiseNotKept(verdict.Message);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Announce(EmbeddedStore store)
    {
        var address = store.ConnectionString.Split(',')[0];
        if (store.IsHost)
        {
            LogHosting(address, store.Folder);
        }
        else
        {
            LogJoined(address, store.Folder);
        }
    }

    [LoggerMessage(LogLevel.Information, "Embedded store at {Address} in {Folder} (this process hosts it)")]
    private partial void LogHosting(string address, string folder);

    [LoggerMessage(LogLevel.Information, "Joined the embedded store at {Address} in {Folder} (another process hosts it)")]
    private partial void LogJoined(string address, string folder);

    [LoggerMessage(LogLevel.Warning, "{Fault} Trying again every 2 seconds.")]
    private partial void LogWaiting(string fault);

    [LoggerMessage(LogLevel.Warning, "{Verdict}")]
    private partial void LogPromiseNotKept(string verdict);
}
