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

    /// <summary>What the process says last, before the name of the point.</summary>
    public const string Farewell = "Ended at fault point";

    /// <summary>The <see cref="FaultPoint"/>s at which to end the process as kill -9 does, with commas between; none by default.</summary>
    /// <exception cref="InvalidOperationException">There is no such point.</exception>
    public string? ExitAt
    {
        get;
        set
        {
            field = value;
            _exitAt = [.. (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
            if (_exitAt.FirstOrDefault(p => !FaultPoint.All.Contains(p)) is { } unknown)
            {
                throw new InvalidOperationException($"TaskGrid:Faults:ExitAt names '{unknown}', which is none of: {string.Join(", ", FaultPoint.All)}.");
            }
        }
    }

    /// <summary>How many times these points are passed before the process ends; default 0: at the first.</summary>
    public int ExitAfter { get; set; }

    /// <summary>Accepting does not tell the dispatcher.</summary>
    public bool NudgesAreOff { get; set; }

    /// <summary>Dispatchers set no timer for the next due instant.</summary>
    public bool TimersAreOff { get; set; }

    /// <summary>Silos do not look for queues with work, neither at start nor later.</summary>
    public bool WatcherIsOff { get; set; }

    private HashSet<string> _exitAt = [];
    private int _hits;

    /// <summary>A point is passed.</summary>
    public void Hit(string point)
    {
        if (_exitAt.Contains(point) && Interlocked.Increment(ref _hits) > ExitAfter)
        {
            Exit(point);
        }
    }

    /// <summary>The points before, or after, the changes of a batch are passed.</summary>
    public void Hit(Func<string, string> side, IReadOnlyList<StoreOp> batch)
    {
        if (_exitAt.Count == 0)
        {
            return;
        }

        foreach (var op in batch)
        {
            Hit(side(op.Name));
        }
    }

    // FailFast would write a report first, while the other threads go on.
    private static void Exit(string point)
    {
        Console.Error.WriteLine($"{Farewell} {point}");
        using var self = Process.GetCurrentProcess();
        self.Kill();
        self.WaitForExit();
    }
}
