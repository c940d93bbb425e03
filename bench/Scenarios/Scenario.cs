namespace TaskGrid.Bench;

/// <summary>One thing to measure, in runs with fresh processes and a fresh Redis each.</summary>
internal abstract class Scenario
{
    /// <summary>Its name on the command line and in reports.</summary>
    public abstract string Name { get; }

    /// <summary>What it does, in a sentence.</summary>
    public abstract string Title { get; }

    /// <summary>How many tasks a run has at full size.</summary>
    public virtual int Count => 100_000;

    /// <summary>How often it goes before it is measured, so that what it alone makes use of is compiled.</summary>
    public virtual int Rehearsals => 0;

    /// <summary>How many runs it is worth: one where a run takes minutes.</summary>
    public virtual int MostRuns => int.MaxValue;
}

/// <summary>One that peers are measured by as well.</summary>
internal abstract class SharedScenario : Scenario
{
    /// <summary>A run.</summary>
    public abstract Task<Dictionary<string, double>> RunAsync(IContender contender, int count);
}

/// <summary>One of TaskGrid alone.</summary>
internal abstract class GridScenario : Scenario
{
    /// <summary>Which processes it needs.</summary>
    public virtual GridShape Shape => new();

    /// <summary>A run.</summary>
    public abstract Task<Dictionary<string, double>> RunAsync(TaskGridContender grid, int count);
}
