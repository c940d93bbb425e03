using TaskGrid.Tasks;

namespace TaskGrid.Simulation;

/// <summary>What a run of a task's code does at its end.</summary>
internal enum Ending
{
    Returns,
    Throws,
    GivesUp,
    AsksForAnother,
    Snoozes,
    Rejects,
    CancelsItself,

    /// <summary>It takes its process with it.</summary>
    Crashes,
}

/// <summary>A run of a task's code.</summary>
/// <param name="Ending">How it ends.</param>
/// <param name="Lasts">After how many ms, if nobody stops it.</param>
internal readonly record struct PlannedRun(Ending Ending, double Lasts);

/// <summary>A task that a client submits in a history, and what its code will do.</summary>
internal sealed class TaskPlan
{
    private const int PlannedRuns = 6;

    // One object for all tasks of a kind, as definitions share their headers.
    private static readonly ResolvedSettings[] s_settings =
    [
        .. from attempts in Enumerable.Range(1, 3)
           from once in (bool[])[false, true]
           from limited in (bool[])[false, true]
           select new ResolvedSettings(new()
           {
               MaxAttempts = attempts, Delivery = once ? TaskGrid.Delivery.AtMostOnce : null, TimeLimit = limited ? TimeSpan.FromSeconds(2) : null,
               CancelTimeout = TimeSpan.FromSeconds(1), Backoff = new() { Delay = TimeSpan.FromMilliseconds(400) },
           }),
    ];

    private readonly PlannedRun[] _runs;

    public TaskPlan(World world, int number, IReadOnlyList<string> queues, IReadOnlyDictionary<string, int> keyLimits, double longRuns)
    {
        var random = world.Random;
        Id = $"t{number}";
        Queue = world.One(queues);
        (IsUrgent, IsLong, IsDeaf) = (world.Chance(0.15), world.Chance(0.2), world.Chance(0.1));
        AtMostOnce = world.Chance(0.15);
        Settings = s_settings[(random.Next(3) * 4) + (AtMostOnce ? 2 : 0) + (world.Chance(0.15) ? 1 : 0)];
        Key = world.Chance(0.5) ? world.One(["x", "y"]) : null;
        KeyLimit = Key is not null && keyLimits.TryGetValue(Key, out var limit) ? limit : null;
        UniqueKey = world.Chance(0.15) ? "u" : null;
        Delay = world.Chance(0.25) ? world.Between(1, 6000) : 0;
        Expires = world.Chance(0.12) ? world.Between(1, 6000) : 0;
        Deadline = world.Chance(0.08) ? world.Between(500, 15000) : 0;
        SubmittedAfter = world.Between(0, 8000);
        Callers = world.Chance(0.15) ? 2 : 1;
        CancelledAfter = world.Chance(0.15) ? world.Between(0, 5000) : null;
        IsPoison = world.Chance(0.02);
        _runs = new PlannedRun[PlannedRuns];
        for (var i = 0; i < PlannedRuns; i++)
        {
            var ending = world.Chance(0.55) ? Ending.Returns : (Ending)random.Next((int)Ending.Crashes + 1);
            _runs[i] = new(ending, world.Chance(longRuns) ? world.Between(3000, 15000) : world.Chance(0.7) ? world.Between(0.2, 50) : world.Between(50, 3000));
        }
    }

    /// <summary>A task that just runs.</summary>
    public TaskPlan(int number, string queue)
    {
        (Id, Queue, Settings, Callers) = ($"t{number}", queue, s_settings[^4], 1);
        _runs = [.. Enumerable.Repeat(new PlannedRun(Ending.Returns, 5), PlannedRuns)];
    }

    public string Id { get; }

    /// <summary>It takes each process with it that runs it.</summary>
    public bool IsPoison { get; }

    public string Queue { get; }

    public string? Key { get; }

    public int? KeyLimit { get; }

    public string? UniqueKey { get; }

    public bool IsUrgent { get; }

    /// <summary>Its definition does not travel with its lease.</summary>
    public bool IsLong { get; }

    /// <summary>Its code does not listen to its token.</summary>
    public bool IsDeaf { get; }

    public bool AtMostOnce { get; }

    public ResolvedSettings Settings { get; }

    /// <summary>Until it is due, from its acceptance on, in ms; as are the two that follow, of which 0 means none.</summary>
    public double Delay { get; }

    public double Expires { get; }

    public double Deadline { get; }

    /// <summary>From the beginning of the history, in ms.</summary>
    public double SubmittedAfter { get; }

    /// <summary>How many clients submit it under the same idempotency key.</summary>
    public int Callers { get; }

    /// <summary>How long after its acknowledgement a client cancels it, in ms.</summary>
    public double? CancelledAfter { get; }

    /// <summary>What a run does: at some time each task comes to an end, poison apart.</summary>
    public PlannedRun Run(int number) => IsPoison ? new(Ending.Crashes, 5) : number < PlannedRuns ? _runs[number] : new(Ending.Returns, 1);

    public override string ToString() =>
        $"{Id} of {Queue}{(IsUrgent ? " urgent" : "")}{(Key is null ? "" : $" key {Key} limit {KeyLimit}")}{(UniqueKey is null ? "" : " unique")} attempts {Settings.MaxAttempts}"
        + $"{(AtMostOnce ? " at most once" : "")}{(IsDeaf ? " deaf" : "")}{(IsPoison ? " poison" : "")}{(Delay > 0 ? $" in {Delay:0} ms" : "")}{(Expires > 0 ? $" expires {Expires:0}" : "")}"
        + $"{(Deadline > 0 ? $" deadline {Deadline:0}" : "")}: {string.Join(", ", _runs.Select(r => $"{r.Ending} {r.Lasts:0}"))}";
}
