using TaskGrid.Storage;
using TaskGrid.Tasks;

namespace TaskGrid.Workers;

/// <summary>Why an attempt's token has fired.</summary>
internal enum StopCause
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>The task was cancelled.</summary>
    CancelRequested,

    /// <summary>The silo stops, or can't show that it lives: the attempt is to end without an outcome.</summary>
    Interrupted,
}

/// <summary>One lease in the hands of this silo, from its arrival to its end.</summary>
internal sealed class Attempt(GrantedLease lease, string queue, long arrivedAt)
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _cause;

    public GrantedLease Lease { get; } = lease;

    public StateLine Line { get; } = StateLine.Parse(lease.Line);

    public string Queue { get; } = queue;

    public string Id => Lease.Id;

    /// <summary>The 1-based number of this attempt.</summary>
    public int Number => Line.Attempt + 1;

    /// <summary>A task that was running when processes died: its beginning is written down first.</summary>
    public bool IsSuspect => Line.Crashes > 0;

    /// <summary>Monotonic, when the lease reached this silo.</summary>
    public long ArrivedAt { get; } = arrivedAt;

    public CancellationToken Stopping => _stop.Token;

    public StopCause Cause => (StopCause)Volatile.Read(ref _cause);

    /// <summary>The lease as the store keeps it, for offering it again.</summary>
    public string LeaseText(string silo) => new LeaseLine(Lease.Token, silo, Number, Lease.StartedAt, true, Cause == StopCause.CancelRequested).ToString();

    /// <summary>Fires the handler's token; the first cause counts.</summary>
    public void Stop(StopCause cause)
    {
        if (Interlocked.CompareExchange(ref _cause, (int)cause, (int)StopCause.None) == (int)StopCause.None)
        {
            _stop.CancelAsync().Ignore();
        }
    }

    /// <summary>Completes when this silo does not hold the lease any more.</summary>
    public Task Ended => _ended.Task;

    public void End() => _ended.TrySetResult();

    /// <summary>The record as it is while this attempt runs.</summary>
    public TaskRecord ToRecord(TaskDefinition definition, string silo) => new()
    {
        Id = Id,
        ReadAt = Lease.StartedAt,
        Line = Line,
        Definition = definition,
        Attempts = Lease.Attempts,
        Lease = new(Lease.Token, silo, Number, Lease.StartedAt, true, false),
    };
}
