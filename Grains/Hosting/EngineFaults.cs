namespace TaskGrid.Hosting;

/// <summary>Places between a write and its answer where a test may end the process.</summary>
internal enum FaultPoint
{
    /// <summary>The task is stored, the submit not answered.</summary>
    AfterAccept,

    /// <summary>Leases are stored, the worker has not got them.</summary>
    AfterLease,

    /// <summary>The worker has the lease, the handler has not begun.</summary>
    BeforeRun,

    /// <summary>The handler has ended, its outcome is not stored.</summary>
    BeforeFinish,

    /// <summary>The outcome is stored, nobody has been told.</summary>
    AfterFinish,

    /// <summary>A cancel is stored, its caller not answered.</summary>
    AfterCancel,
}

/// <summary>
/// Faults that a test asks for through configuration (<c>TaskGrid:Faults</c>); all off unless asked for. Switched-off wake-ups
/// show that the remaining ones suffice.
/// </summary>
internal sealed class EngineFaults
{
    /// <summary>The configuration section they are read from.</summary>
    public const string Section = "TaskGrid:Faults";

    /// <summary>Where to end the process; none by default.</summary>
    public FaultPoint? ExitAt { get; set; }

    /// <summary>How many times the point is passed before the process ends; default 0: at the first.</summary>
    public int ExitAfter { get; set; }

    /// <summary>Accepting does not tell the dispatcher.</summary>
    public bool NudgesAreOff { get; set; }

    /// <summary>Dispatchers set no timer for the next due instant.</summary>
    public bool TimersAreOff { get; set; }

    /// <summary>Silos do not look for queues with work, neither at start nor later.</summary>
    public bool WatcherIsOff { get; set; }

    private int _hits;

    public void Hit(FaultPoint point)
    {
        if (ExitAt == point && Interlocked.Increment(ref _hits) > ExitAfter)
        {
            Environment.FailFast($"Fault point {point}.");
        }
    }
}
