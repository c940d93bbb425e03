using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using TaskGrid.Queues;
using TaskGrid.Storage;
using TaskGrid.Workers;

namespace TaskGrid.Hosting;

/// <summary>Starts and stops the engine with the silo: the store first, the worker when the silo is active; stopping in reverse.</summary>
internal sealed partial class EngineLifecycle(
    StoreConnection store, SiloBeat beat, QueueWatcher watcher, Retention retention, Worker worker, Nudger nudger,
    QueueStore queues, IEnumerable<DeclaredQueue> declared,
    IOptions<HostOptions> host, IHostApplicationLifetime application, TimeProvider time, ILogger<EngineLifecycle> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    // What the rest of the silo needs after the worker has stopped.
    private static readonly TimeSpan s_reserve = TimeSpan.FromSeconds(5);

    // How long a silo whose store is gone may take to stop by itself.
    private static readonly TimeSpan s_lastStop = TimeSpan.FromSeconds(10);

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe(nameof(StoreConnection), ServiceLifecycleStage.RuntimeStorageServices, OpenStoreAsync, _ => beat.EndWatchAsync());
        lifecycle.Subscribe(nameof(Worker), ServiceLifecycleStage.Active, StartAsync, StopAsync);
    }

    private async Task OpenStoreAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await store.OpenAsync();
                beat.Watch();
                return;
            }
            catch (Exception e) when (e is RedisException or TimeoutException or InvalidOperationException or StoreUnavailableException or TaskCanceledException
                && !cancellationToken.IsCancellationRequested)
            {
                // InvalidOperationException and TaskCanceledException are what the client says of a connection that dies while it writes to it.
                LogWaiting(e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
            }
        }
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        store.Replaced += () => EndAsync().Ignore();
        store.Woken += queue => nudger.Nudge(queue, TimeSpan.Zero);
        await AnnounceAsync(cancellationToken);
        worker.Start();
        beat.Start();
        watcher.Start();
        retention.Start();
    }

    /// <summary>
    /// The store was wiped or exchanged. Two clusters must not live on one store, so this silo ends: whoever starts it again joins what is there. The
    /// membership went with the store, and Orleans' own stop would ask for it for minutes.
    /// </summary>
    private async Task EndAsync()
    {
        Environment.ExitCode = 1;
        application.StopApplication();
        try
        {
            await Task.Delay(s_lastStop, time, application.ApplicationStopped);
            Environment.FailFast("The store was wiped or exchanged, and this silo did not stop by itself.");
        }
        catch (OperationCanceledException)
        {
            // It has stopped.
        }
    }

    /// <summary>A store that does not answer at this moment is no reason not to start.</summary>
    private async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                // Nobody else looks before the beats have begun.
                await beat.SettleAsync();
                foreach (var queue in declared)
                {
                    await queues.DeclareAsync(queue.Name, queue.Settings);
                }

                await beat.AnnounceAsync();
                return;
            }
            catch (StoreUnavailableException e) when (e is not StoreForeignException)
            {
                LogWaiting(e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
            }
        }
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await watcher.StopAsync();
        await retention.StopAsync();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // A host without a limit waits for as long as handlers run.
        if (host.Value.ShutdownTimeout is var limit && limit != Timeout.InfiniteTimeSpan)
        {
            deadline.CancelAfter(limit > s_reserve ? limit - s_reserve : TimeSpan.Zero);
        }

        await worker.StopAsync(deadline.Token);
        try
        {
            await beat.StopAsync();
        }
        catch (StoreUnavailableException e)
        {
            // The silo's leases lapse by themselves.
            LogNotLeft(e.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Waiting for the store: {Reason}")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(LogLevel.Warning, "The store could not be told that this silo leaves: {Reason}")]
    private partial void LogNotLeft(string reason);
}
