using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TaskGrid.Hosting;

namespace TaskGrid.Queues;

/// <summary>
/// Tells dispatchers of new work: a dirty flag per queue, one call in flight, repeated until it is answered, which is when the dispatcher has looked.
/// However many tasks are accepted, a queue gets one nudge at a time.
/// </summary>
internal sealed partial class Nudger(IGrainFactory grains, EngineFaults faults, TimeProvider time, ILogger<Nudger> logger)
{
    private readonly ConcurrentDictionary<string, (NudgeFlag Flag, IQueueGrain Dispatcher)> _queues = new(StringComparer.Ordinal);

    /// <summary>There is work in a queue, now or in <paramref name="dueIn"/>.</summary>
    public void Nudge(string queue, TimeSpan dueIn)
    {
        if (faults.NudgesAreOff)
        {
            return;
        }

        // Making a reference looks the interface up by reflection each time.
        var (flag, dispatcher) = _queues.GetOrAdd(queue, name => (new(), grains.GetGrain<IQueueGrain>(name)));
        if (flag.Raise(Now + dueIn))
        {
            SendAsync(queue, flag, dispatcher).Ignore();
        }
    }

    private TimeSpan Now => time.GetElapsedTime(0);

    private async Task SendAsync(string queue, NudgeFlag flag, IQueueGrain dispatcher)
    {
        while (flag.Lower() is { } dueAt)
        {
            try
            {
                await dispatcher.Nudge(TimeSpan.FromTicks(Math.Max(0, (dueAt - Now).Ticks))).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                LogNotAnswered(queue, e.Message);
                flag.Raise(dueAt);
                await Task.Delay(TimeSpan.FromMilliseconds(500), time).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "The dispatcher of queue {Queue} did not answer a nudge, which is repeated: {Reason}")]
    private partial void LogNotAnswered(string queue, string reason);
}
