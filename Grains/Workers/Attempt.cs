using TaskGrid.Storage;
using TaskGrid.Tasks;

namespace TaskGrid.Workers;

/// <summary>One lease in the hands of this silo, from its arrival to its end.</summary>
internal sealed class Attempt(GrantedLease lease, string queue, TimeProvider time)
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reason;
    private int _concluded;
    private long _lastBeat;
    private long _cancelledAt;
    private AttemptWatch? _watch;

    public GrantedLease Lease { get; } = lease;

    public StateLine Line { get; } = StateLine.Parse(lease.Line);

    public TermsLine Terms { get; } = TermsLine.Parse(lease.Terms);

    public string Queue { get; } = queue;

    public string Id => Lease.Id;

    /// <summary>The 1-based number of this attempt.</summary>
    public int Number => Line.Attempt + 1;

    /// <summary>A task that was running when processes died: its beginning is written down first.</summary>
    public bool IsSuspect => Line.Crashes > 0;

    /// <summary>Whether its code has begun here.</summary>
    public bool HasBegun => BegunAt is not null;

    /// <summary>What its code tells of itself, once it has begun.</summary>
    public ProgressWriter? Progress { get; set; }

    /// <summary>Monotonic, when its code began.</summary>
    public long? BegunAt { get; private set; }

    /// <summary>It is delivered at most once.</summary>
    public bool MayBeginOnce => Line.Flags.Contains('m', StringComparison.Ordinal);

    /// <summary>Monotonic, when the lease reached this silo.</summary>
    public long ArrivedAt { get; } = time.GetTimestamp();

    public CancellationToken Stopping => _stop.Token;

    /// <summary>Why the handler's token has fired.</summary>
    public StopReason Reason => (StopReason)Volatile.Read(ref _reason);

    /// <summary>What is left until the task's deadline, if it has one. The way here counts for nothing: the grid is never too early.</summary>
    public TimeSpan? LeftUntilDeadline =>
        Terms.Deadline == 0 ? null : TimeSpan.FromMilliseconds(Terms.Deadline - Lease.LeasedAt) - time.GetElapsedTime(ArrivedAt);

    /// <summary>Whether it waited here for its instant until after its task was to have started.</summary>
    public bool HasExpired => Terms.Expires > 0 && Line.Attempt == 0 && Line.Crashes == 0 && !Line.Flags.Contains('s', StringComparison.Ordinal)
        && TimeSpan.FromMilliseconds(Terms.Expires - Lease.LeasedAt) <= time.GetElapsedTime(ArrivedAt);

    /// <summary>
    /// Whether its beginning is written down before its code starts: that of a suspect, and of what is delivered at most once, so that only
    /// deaths in which it ran count.
    /// </summary>
    public bool IsWrittenFirst => IsSuspect || MayBeginOnce;

    /// <summary>Whether the store may have been told that its code begins, where that is written first.</summary>
    public bool MayHaveBegun { get; set; }

    /// <summary>Whether its code counts as begun when this process dies.</summary>
    public bool CountsAsBegun => MayHaveBegun || !IsWrittenFirst;

    /// <summary>The lease as the store keeps it, for offering it again.</summary>
    public string LeaseText(string silo) => new LeaseLine(Lease.Token, silo, Number, Lease.StartedAt, CountsAsBegun, CancelledAt is not null, Lease.Permits).ToString();

    /// <summary>Monotonic, the handler's last sign of life; its beginning is the first.</summary>
    public long LastBeat => Volatile.Read(ref _lastBeat);

    /// <summary>Monotonic, when a cancel was first asked for, whatever the token has fired for.</summary>
    public long? CancelledAt => Volatile.Read(ref _cancelledAt) is not 0 and var at ? at : null;

    /// <summary>The handler gives a sign of life.</summary>
    public void Beat() => Volatile.Write(ref _lastBeat, time.GetTimestamp());

    /// <summary>The handler is about to begin, watched from now on.</summary>
    public void Begin(AttemptWatch watch)
    {
        BegunAt = time.GetTimestamp();
        Beat();
        Interlocked.Exchange(ref _watch, watch);
        watch.Look();
    }

    /// <summary>Fires the handler's token. A weightier reason takes the place of another one; of equal ones the first counts.</summary>
    public void Stop(StopReason reason)
    {
        var known = Reason;
        while (WeightOf(reason) > WeightOf(known))
        {
            var seen = (StopReason)Interlocked.CompareExchange(ref _reason, (int)reason, (int)known);
            if (seen == known)
            {
                _stop.CancelAsync().Ignore();
                break;
            }

            known = seen;
        }

        if (reason == StopReason.CancelRequested && Interlocked.CompareExchange(ref _cancelledAt, time.GetTimestamp(), 0) == 0)
        {
            Volatile.Read(ref _watch)?.Look();
        }
    }

    /// <summary>Decides between the end of the code and that of the grid's patience: true for whichever is first, and the attempt's outcome is its.</summary>
    public bool TryConclude() => Interlocked.Exchange(ref _concluded, 1) == 0;

    /// <summary>Completes when this silo does not hold the lease any more.</summary>
    public Task Ended => _ended.Task;

    public void End() => _ended.TrySetResult();

    private static int WeightOf(StopReason reason) => reason switch
    {
        StopReason.None => 0,
        StopReason.SoftTimeLimit => 1,
        StopReason.CancelRequested or StopReason.Interrupted => 2,
        _ => 3,
    };
}
