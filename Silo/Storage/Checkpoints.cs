using System.Diagnostics;
using Garnet.networking;
using Garnet.server;

namespace TaskGrid.Embedded;

/// <summary>
/// Writes the data of a Garnet down when its log has grown long, which cuts the log, and lets nobody write meanwhile: a quarter of a second with a quarter of a
/// gigabyte of data, a second or two with two gigabytes. Garnet does it beside its clients by itself (<c>--aof-size-limit</c>), and in 2.2.8 loses some of what they write then, if it
/// is killed right after: it takes from the log only what is newer than the data, and some of the writes were in neither.
/// </summary>
internal sealed partial class Checkpoints(StoreWrapper store, ILogger logger) : IDisposable
{
    // In bytes. A start reads the data and so much of the log again.
    private const long ShortestLimit = 128L << 20;

    // All of the data is written down each time: the more there is, the longer the log may grow meanwhile.
    private const long DataPerLog = 4;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_afterFailure = TimeSpan.FromSeconds(10);

    // Silos begin nothing when the store has not answered them for four seconds.
    private static readonly TimeSpan s_longPause = TimeSpan.FromSeconds(2);

    private readonly ReaderWriterLockSlim _gate = new();
    private readonly ManualResetEventSlim _stopped = new();
    private Thread? _thread;

    // In bytes.
    private long Data => store.store.Log.MemorySizeBytes + store.store.Log.HeapSizeBytes;

    /// <summary>A session that does nothing while the data is written down.</summary>
    public IMessageConsumer Guard(IMessageConsumer session) => new GuardedSession(session, _gate);

    /// <summary>Begins to look at the log each second.</summary>
    public void Start()
    {
        // The lock belongs to the thread that has it, which an await would change.
        _thread = new Thread(Run) { IsBackground = true, Name = "TaskGrid checkpoints" };
        _thread.Start();
    }

    /// <summary>Ends when what is being written down is.</summary>
    public void Dispose()
    {
        // The gate stays: sessions go through it until the server has ended them.
        _stopped.Set();
        _thread?.Join();
        _stopped.Dispose();
    }

    private void Run()
    {
        var rest = s_interval;
        while (!_stopped.Wait(rest))
        {
            var limit = Math.Max(ShortestLimit, Data / DataPerLog);
            rest = store.AofSize() <= limit || Take() ? s_interval : s_afterFailure;
        }
    }

    private bool Take()
    {
        // Who comes after this waits.
        var begunAt = Stopwatch.GetTimestamp();
        _gate.EnterWriteLock();
        try
        {
            var status = store.TakeCheckpointAsync(background: false).GetAwaiter().GetResult();
            if (status != CheckpointStatus.Success)
            {
                LogFailed(status, null);
            }

            return status == CheckpointStatus.Success;
        }
        catch (Exception e)
        {
            // A full disk, say: the log keeps all until it works again.
            LogFailed(CheckpointStatus.Failed, e);
            return false;
        }
        finally
        {
            _gate.ExitWriteLock();
            if (Stopwatch.GetElapsedTime(begunAt) is var pause && pause > s_longPause)
            {
                LogLong(pause, Data >> 20);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "The embedded store can't write its data down ({Status}): its log grows, and is kept")]
    private partial void LogFailed(CheckpointStatus status, Exception? exception);

    [LoggerMessage(LogLevel.Warning, "The embedded store stood still for {Pause} while it wrote {Megabytes} MB of data down: silos begin nothing after 4 s. Keep tasks for a shorter time, or use a Redis")]
    private partial void LogLong(TimeSpan pause, long megabytes);

    private sealed unsafe class GuardedSession(IMessageConsumer inner, ReaderWriterLockSlim gate) : IMessageConsumer
    {
        public int TryConsumeMessages(byte* reqBuffer, int bytesRead)
        {
            gate.EnterReadLock();
            try
            {
                return inner.TryConsumeMessages(reqBuffer, bytesRead);
            }
            finally
            {
                gate.ExitReadLock();
            }
        }

        public void Dispose() => inner.Dispose();
    }
}
