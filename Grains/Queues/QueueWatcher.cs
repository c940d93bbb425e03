using Microsoft.Extensions.Logging;
using TaskGrid.Hosting;
using TaskGrid.Storage;
using TaskGrid.Workers;

namespace TaskGrid.Queues;

/// <summary>
/// Looks for queues with work at start, when the membership changes and every 2 s: it wakes this silo's worker and their
/// dispatchers. So a queue whose dispatcher died, or whose every nudge was lost, is found; and a silo that joins gets work.
/// </summary>
internal sealed partial class QueueWatcher(
    SiloStore silos, TaskStore tasks, Worker worker, Nudger nudger, EngineFaults faults, ISiloStatusOracle membership, TimeProvider time, ILogger<QueueWatcher> logger)
    : ISiloStatusListener
{
    // Far enough ahead that the dispatcher's timer is set before the work is due; what is due later needs nobody awake.
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(10);

    private const int ExpiredAtOnce = 100;

    private readonly Random _random = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _now = new(0, 1);
    private Task _watching = Task.CompletedTask;

    public void Start()
    {
        if (!faults.WatcherIsOff)
        {
            membership.SubscribeToSiloStatusEvents(this);
            _watching = Task.Run(WatchAsync);
        }
    }

    public async Task StopAsync()
    {
        membership.UnSubscribeFromSiloStatusEvents(this);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
    }

    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (_now.CurrentCount == 0)
        {
            _now.Release();
        }
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var survey = await silos.SurveyAsync().ConfigureAwait(false);
                if (survey.AnyOverdue)
                {
                    await ExpireAsync().ConfigureAwait(false);
                }

                // Of the suspects of all queues a silo runs one at a time: by chance another queue's come first when it starts.
                foreach (var work in survey.Queues.Shuffle())
                {
                    if (work.IsReady)
                    {
                        worker.Wake(work.Queue);
                    }

                    if (work.IsReady || work.LookAgainIn < s_soon)
                    {
                        nudger.Nudge(work.Queue, work.IsReady ? TimeSpan.Zero : work.LookAgainIn!.Value);
                    }
                }

                // 1.5 to 2.5 s: silos that started together do not look together for ever.
                await _now.WaitAsync(TimeSpan.FromMilliseconds(1500 + _random.Next(1000)), _stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e)
            {
                LogFailed(e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), time, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Ends what was to have started, or ended, by now, in small steps.</summary>
    private async Task ExpireAsync()
    {
        while (!_stop.IsCancellationRequested && await tasks.ExpireAsync(ExpiredAtOnce).ConfigureAwait(false) == ExpiredAtOnce)
        {
            await Task.Yield();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Looking for queues with work failed: {Reason}")]
    private partial void LogFailed(string reason);
}
