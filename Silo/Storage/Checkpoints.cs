using Garnet.networking;
using Garnet.server;

namespace TaskGrid.Embedded;

/// <summary>
/// Writes the data of a Garnet down when its log has grown long, which cuts the log, and lets nobody write meanwhile: a quarter of a second for a few hundred
/// megabytes of log. Garnet does it beside its clients by itself (<c>--aof-size-limit</c>), and in 2.2.8 loses some of what they write then, if it
/// is killed right after: it takes from the log only what is newer than the data, and some of the writes were in neither.
/// </summary>
internal sealed partial class Checkpoints(StoreWrapper store, ILogger logger) : IDisposable
{
    // In bytes. A start reads the data and so much of the log again.
    private const long LongestLog = 128L << 20;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly ReaderWriterLockSlim _gate = new();
    private readonly ManualResetEventSlim _stopped = new();
    private Thread? _thread;

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
        while (!_stopped.Wait(s_interval))
        {
            if (store.AofSize() > LongestLog)
            {
                Take();
            }
        }
    }

    private void Take()
    {
        _gate.EnterWriteLock();
        try
        {
            var status = store.TakeCheckpointAsync(background: false).GetAwaiter().GetResult();
            if (status != CheckpointStatus.Success)
            {
                LogFailed(status, null);
            }
        }
        catch (Exception e)
        {
            // A full disk, say: the log keeps all until it works again.
            LogFailed(CheckpointStatus.Failed, e);
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    [LoggerMessage(LogLevel.Error, "The embedded store can't write its data down ({Status}): its log grows, and is kept")]
    private partial void LogFailed(CheckpointStatus status, Exception? exception);

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
