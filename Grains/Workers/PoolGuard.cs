using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace TaskGrid.Workers;

/// <summary>
/// Keeps handlers that hold threads of the pool from bringing the silo to a standstill: its beats need a thread too, and a silo without beats
/// counts as dead. To a pool that makes no progress .NET adds a thread every half a second, and none at all while the processors are busy,
/// whoever keeps them so. This looks from a thread of its own, and lets the pool have as many as all slots can hold.
/// </summary>
internal sealed partial class PoolGuard(Slots slots, ILogger<PoolGuard> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    // What everything but the handlers may need.
    private const int Others = 32;
    private const int Step = 4;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);

    // Waited for, which a Lock can't be.
    private readonly object _gate = new();
    private bool _stopped;
    private int _isOut;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(PoolGuard), ServiceLifecycleStage.RuntimeInitialize, Start, Stop);

    private Task Start(CancellationToken cancellationToken)
    {
        new Thread(Watch) { IsBackground = true, Name = nameof(PoolGuard) }.Start();
        return Task.CompletedTask;
    }

    private Task Stop(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }

        return Task.CompletedTask;
    }

    private void Watch()
    {
        var (asked, done) = (Stopwatch.GetTimestamp(), 0L);
        while (!StopsWithin(s_interval))
        {
            if (Interlocked.CompareExchange(ref _isOut, 1, 0) == 0)
            {
                (asked, done) = (Stopwatch.GetTimestamp(), ThreadPool.CompletedWorkItemCount);
                ThreadPool.UnsafeQueueUserWorkItem(static guard => Volatile.Write(ref guard._isOut, 0), this, preferLocal: false);
            }
            else if (Stopwatch.GetElapsedTime(asked) is var waited && (waited > s_longest || (waited > s_patience && StandsStill(done))))
            {
                AddThreads();
            }
        }
    }

    private bool StopsWithin(TimeSpan time)
    {
        lock (_gate)
        {
            return _stopped || (Monitor.Wait(_gate, time) && _stopped);
        }
    }

    // One that has much to do, and does it, needs no more threads at once.
    private static bool StandsStill(long done) => ThreadPool.CompletedWorkItemCount - done < 2 * ThreadPool.ThreadCount;

    private void AddThreads()
    {
        ThreadPool.GetMinThreads(out var least, out var completions);
        var threads = Math.Min(slots.Count + Others, Math.Max(least, ThreadPool.ThreadCount) + Math.Max(Step, Environment.ProcessorCount));
        if (threads > least && ThreadPool.SetMinThreads(threads, completions))
        {
            LogAdded(threads);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The thread pool stands still, because handlers hold its threads: it may have {Threads} now. Code that waits without await belongs into a synchronous handler, which has a thread of its own")]
    private partial void LogAdded(int threads);
}
