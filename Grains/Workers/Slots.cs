namespace TaskGrid.Workers;

/// <summary>
/// Which of a silo's leases run and which wait a moment for a slot. The look-ahead is what is likely to begin within
/// 20 ms by the measured run times: it keeps slots busy with short tasks and takes nothing away from other silos with long ones.
/// </summary>
internal sealed class Slots(int count, TimeProvider time)
{
    // Several rounds of leases at full speed: what runs must last until the next ones are there.
    private const int MaxLookAhead = 640;
    private static readonly TimeSpan s_lookAhead = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Queue<Attempt> _ready = new();
    private readonly HashSet<Attempt> _leaked = [];
    private TaskCompletionSource? _freed;
    // Until something has been measured, and after a wrong forecast, runs count as long: nothing is taken ahead.
    private static readonly double s_longRun = TimeSpan.FromSeconds(20).Ticks;

    private double _averageRunTicks = s_longRun;
    private long _lastEndedAt = time.GetTimestamp();
    private int _running;
    private bool _closed;

    public int Count => count;

    /// <summary>Whether attempts have lately been so short that nobody is likely to ask for one while it runs.</summary>
    public bool RunsAreShort => Volatile.Read(ref _averageRunTicks) < s_lookAhead.Ticks;

    /// <summary>Whether leases wait for a slot.</summary>
    public bool AnyReady
    {
        get
        {
            lock (_gate)
            {
                return _ready.Count > 0;
            }
        }
    }

    /// <summary>How many handlers run now.</summary>
    public int Running
    {
        get
        {
            lock (_gate)
            {
                return _running;
            }
        }
    }

    /// <summary>How many of the slots are taken by code whose attempt is over: they count as running until it ends.</summary>
    public int Leaked
    {
        get
        {
            lock (_gate)
            {
                return _leaked.Count;
            }
        }
    }

    /// <summary>How many more leases this silo could begin in time.</summary>
    public int Free
    {
        get
        {
            lock (_gate)
            {
                return FreeNow();
            }
        }
    }

    /// <summary>How many leases it could begin at once.</summary>
    public int Idle
    {
        get
        {
            lock (_gate)
            {
                return _closed ? 0 : Math.Max(0, count - _running - _ready.Count);
            }
        }
    }

    /// <summary>Completes when something has become free since it was read.</summary>
    public Task Freed
    {
        get
        {
            lock (_gate)
            {
                _freed ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                return _freed.Task;
            }
        }
    }

    /// <summary>Puts a lease into a slot, or into the look-ahead; false when it has to go back.</summary>
    /// <param name="attempt">The lease.</param>
    /// <param name="runNow">Whether the caller is to run it now.</param>
    public bool TryAdd(Attempt attempt, out bool runNow)
    {
        lock (_gate)
        {
            runNow = !_closed && _running < count;
            if (runNow)
            {
                _running++;
                return true;
            }

            if (_closed || _ready.Count >= MaxLookAhead)
            {
                return false;
            }

            _ready.Enqueue(attempt);
            return true;
        }
    }

    /// <summary>Ends an attempt and returns the one that takes over its slot, if any.</summary>
    public Attempt? Next(TimeSpan ran)
    {
        TaskCompletionSource? freed;
        Attempt? next;
        lock (_gate)
        {
            _averageRunTicks += (ran.Ticks - _averageRunTicks) / 32;
            _lastEndedAt = time.GetTimestamp();
            if (!_ready.TryDequeue(out next))
            {
                _running--;
            }

            freed = _freed;
            _freed = null;
        }

        freed?.TrySetResult();
        return next;
    }

    /// <summary>Counts the slot of an attempt that is over, and whose code still runs, as leaked; false when the code has just ended.</summary>
    public bool TryLeak(Attempt attempt)
    {
        lock (_gate)
        {
            // Decided in here, so that the end of the code, which comes to this gate next, finds it.
            return attempt.TryConclude() && _leaked.Add(attempt);
        }
    }

    /// <summary>The code has ended: its slot is about to be free.</summary>
    public void Reclaim(Attempt attempt)
    {
        lock (_gate)
        {
            _leaked.Remove(attempt);
        }
    }

    public bool IsLeaked(Attempt attempt)
    {
        lock (_gate)
        {
            return _leaked.Contains(attempt);
        }
    }

    /// <summary>Whether code of an earlier attempt of a task still runs in one of them.</summary>
    public bool HasLeaked(string id)
    {
        lock (_gate)
        {
            return _leaked.Count > 0 && _leaked.Any(a => a.Id == id);
        }
    }

    /// <summary>Takes out what has waited longer than a lease may wait unbegun.</summary>
    public IReadOnlyList<Attempt> TakeOverdue()
    {
        var overdue = new List<Attempt>();
        lock (_gate)
        {
            while (_ready.TryPeek(out var first) && time.GetElapsedTime(first.ArrivedAt) > s_patience)
            {
                overdue.Add(_ready.Dequeue());
            }

            if (overdue.Count > 0)
            {
                _averageRunTicks = s_longRun;
            }
        }

        return overdue;
    }

    /// <summary>Begins nothing any more; returns what had not begun.</summary>
    public IReadOnlyList<Attempt> Close()
    {
        lock (_gate)
        {
            _closed = true;
            Attempt[] unbegun = [.. _ready];
            _ready.Clear();
            return unbegun;
        }
    }

    public void Reopen()
    {
        lock (_gate)
        {
            _closed = false;
        }
    }

    private int FreeNow()
    {
        var usable = count - _leaked.Count;
        if (_closed || usable == 0)
        {
            return 0;
        }

        if (_running >= count && time.GetElapsedTime(_lastEndedAt) > s_lookAhead)
        {
            // Every slot is taken by something that lasts; what ended before them says nothing about when one will be free.
            return 0;
        }

        var lookAhead = Math.Min(MaxLookAhead, (int)(usable * s_lookAhead.Ticks / Math.Max(1, _averageRunTicks)));
        return count + lookAhead - _running - _ready.Count;
    }
}
