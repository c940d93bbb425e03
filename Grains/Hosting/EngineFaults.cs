using System.Diagnostics;
using TaskGrid.Storage;

namespace TaskGrid.Hosting;

/// <summary>
/// Faults that a test asks for through configuration (<c>TaskGrid:Faults</c>); all off unless asked for. Switched-off wake-ups
/// show that the remaining ones suffice.
/// </summary>
internal sealed class EngineFaults
{
    /// <summary>The configuration section they are read from.</summary>
    public const string Section = "TaskGrid:Faults";

    /// <summary>The <see cref="FaultPoint"/> at which to end the process as kill -9 does; none by default.</summary>
    /// <exception cref="InvalidOperationException">There is no such point.</exception>
    public string? ExitAt
    {
        get;
        set => field = value is null || FaultPoint.All.Contains(value)
            ? value
            : throw new InvalidOperationException($"TaskGrid:Faults:ExitAt is '{value}', which is none of: {string.Join(", ", FaultPoint.All)}.");
    }

    /// <summary>How many times the point is passed before the process ends; default 0: at the first.</summary>
    public int ExitAfter { get; set; }

    /// <summary>Accepting does not tell the dispatcher.</summary>
    public bool NudgesAreOff { get; set; }

    /// <summary>Dispatchers set no timer for the next due instant.</summary>
    public bool TimersAreOff { get; set; }

    /// <summary>Silos do not look for queues with work, neither at start nor later.</summary>
    public bool WatcherIsOff { get; set; }

    private int _hits;

    /// <summary>A point is passed.</summary>
    public void Hit(string point)
    {
        if (ExitAt == point && Interlocked.Increment(ref _hits) > ExitAfter)
        {
            Exit();
        }
    }

    /// <summary>The points before, or after, the changes of a batch are passed.</summary>
    public void Hit(Func<string, string> side, IReadOnlyList<StoreOp> batch)
    {
        if (ExitAt is null)
        {
            return;
        }

        foreach (var op in batch)
        {
            Hit(side(op.Name));
        }
    }

    // FailFast would write a report first, while the other threads go on.
    private static void Exit()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        self.WaitForExit();
    }
}
