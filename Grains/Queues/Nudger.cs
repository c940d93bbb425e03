using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TaskGrid.Hosting;

namespace TaskGrid.Queues;

/// <summary>
/// Tells dispatchers of new work: a dirty flag per queue, one call in flight, repeated until it is answered. However many
/// tasks are accepted, a queue gets one nudge at a time.
/// </summary>
internal sealed partial class Nudger(IGrainFactory grains, EngineFaults faults, TimeProvider time, ILogger<Nudger> logger)
{
    private readonly ConcurrentDictionary<string, QueueFlag> _flags = new(StringComparer.Ordinal);

    /// <summary>There is work in a queue, now or in <paramref name="dueIn"/>.</summary>
    public void Nudge(string queue, TimeSpan dueIn)
    {
        if (faults.NudgesAreOff)
        {
            return;
        }

        var flag = _flags.GetOrAdd(queue, name => new(grains.GetGrain<IQueueGrain>(name)));
        if (flag.Raise(dueIn))
        {
            SendAsync(queue, flag).Ignore();
        }
    }

    private async Task SendAsync(string queue, QueueFlag flag)
    {
        while (flag.Lower() is { } dueIn)
        {
            try
            {
                await flag.Dispatcher.Nudge(dueIn).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                LogNotAnswered(queue, e.Message);
                flag.Raise(dueIn);
                await Task.Delay(TimeSpan.FromMilliseconds(500), time).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "The dispatcher of queue {Queue} did not answer a nudge, which is repeated: {Reason}")]
    private partial void LogNotAnswered(string queue, string reason);

    private sealed class QueueFlag(IQueueGrain dispatcher)
    {
        private readonly Lock _gate = new();
        private TimeSpan? _dueIn;
        private bool _sending;

        public IQueueGrain Dispatcher => dispatcher;

        /// <summary>True when nobody is sending yet: the caller has to.</summary>
        public bool Raise(TimeSpan dueIn)
        {
            lock (_gate)
            {
                _dueIn = _dueIn is { } earlier && earlier < dueIn ? earlier : dueIn;
                var begin = !_sending;
                _sending = true;
                return begin;
            }
        }

        /// <summary>What is to be sent now; <c>null</c> ends the sending.</summary>
        public TimeSpan? Lower()
        {
            lock (_gate)
            {
                var dueIn = _dueIn;
                _dueIn = null;
                _sending = dueIn is not null;
                return dueIn;
            }
        }
    }
}
