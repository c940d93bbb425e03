using System.Diagnostics;
using TaskGrid.Storage;
using TaskGrid.Tasks;

namespace TaskGrid.Workers;

/// <summary>One lease in the hands of this silo, from its arrival to its end.</summary>
internal sealed class Attempt(GrantedLease lease, string queue, long arrivedAt)
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reason;
    private long _lastBeat;

    public GrantedLease Lease { get; } = lease;

    public StateLine Line { get; } = StateLine.Parse(lease.Line);

    public TermsLine Terms { get; } = TermsLine.Parse(lease.Terms);

    public string Queue { get; } = queue;

    public string Id => Lease.Id;

    /// <summary>The 1-based number of this attempt.</summary>
    public int Number => Line.Attempt + 1;

    /// <summary>A task that was running when processes died: its beginning is written down first.</summary>
    public bool IsSuspect => Line.Crashes > 0;

    /// <summary>Monotonic, when the lease reached this silo.</summary>
    public long ArrivedAt { get; } = arrivedAt;

    public CancellationToken Stopping => _stop.Token;

    public StopReason Reason => (StopReason)Volatile.Read(ref _reason);

    /// <summary>The lease as the store keeps it, for offering it again.</summary>
    public string LeaseText(string silo) => new LeaseLine(Lease.Token, silo, Number, Lease.StartedAt, true, Reason == StopReason.CancelRequested, Lease.Permits).ToString();

    /// <summary>Monotonic, the handler's last sign of life; 0 before the first.</summary>
    public long LastBeat => Volatile.Read(ref _lastBeat);

    /// <summary>The handler gives a sign of life.</summary>
    public void Beat() => Volatile.Write(ref _lastBeat, Stopwatch.GetTimestamp());

    /// <summary>Fires the handler's token; the first reason counts.</summary>
    public void Stop(StopReason reason)
    {
        if (Interlocked.CompareExchange(ref _reason, (int)reason, (int)StopReason.None) == (int)StopReason.None)
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
        Terms = Terms,
        Lease = new(Lease.Token, silo, Number, Lease.StartedAt, true, false, Lease.Permits),
    };
}
