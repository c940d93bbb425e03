using TaskGrid.Workers;

namespace TaskGrid.Simulation;

/// <summary>Code of a task that runs on a silo.</summary>
internal sealed class SimRun(TaskPlan plan, SimSilo silo, Attempt attempt)
{
    public TaskPlan Plan => plan;

    public SimSilo Silo => silo;

    public Attempt Attempt => attempt;

    public TaskCompletionSource<AttemptEnd> Ended { get; } = new();

    /// <summary>Whether it has seen that its token has fired.</summary>
    public bool HasNoticed { get; set; }

    /// <summary>Whether its lease was offered again after the store had lost writes, and the store has it.</summary>
    public bool IsOfferedAgain { get; set; }

    /// <summary>Whether the store has gone back since its lease was granted, and may not know it: its silo has not offered it again.</summary>
    public bool IsInDoubt { get; set; }

    /// <summary>Whether its attempt is over though it runs.</summary>
    public bool IsLeaked { get; set; }
}

/// <summary>How code has ended: as planned, or since it was told to stop.</summary>
internal readonly record struct AttemptEnd(Ending Ending, bool WasStopped);
