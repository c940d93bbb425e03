namespace TaskGrid.Simulation;

/// <summary>What was promised of one task, and what became of it.</summary>
internal sealed class Tale(TaskPlan plan)
{
    public TaskPlan Plan => plan;

    /// <summary>Whether its submit was answered, be it with another task.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>Whether it was acknowledged, and has not been lost by a store that did not promise to keep it.</summary>
    public bool IsPromised { get; set; }

    /// <summary>Whether the store went back to before it had it.</summary>
    public bool WasLost { get; set; }

    public bool IsCancelAsked { get; set; }

    public bool IsCancelled { get; set; }

    public bool CancelsItself { get; set; }

    public long LastToken { get; set; }

    /// <summary>The token of a run that has begun and that the store knows no end of.</summary>
    public long? BegunToken { get; set; }

    public int Runs { get; private set; }

    /// <summary>Attempts that the store has counted.</summary>
    public int Counted { get; set; }

    public List<SimRun> Live { get; } = [];

    public void Begin(SimRun run)
    {
        Runs++;
        BegunToken = run.Attempt.Lease.Token;
        Live.Add(run);
    }
}
