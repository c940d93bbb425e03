namespace TaskGrid.Bulk;

/// <summary>Where an operation on many tasks is, as it is written down.</summary>
[GenerateSerializer, Alias("taskgrid.bulk-state")]
internal sealed class BulkState
{
    // More than an int can hold, which a part is to silos that do not know the newest members of a request.
    private const long OfNewMembers = 1L << 32;

    [Id(0)]
    public BulkRequest? Request { get; set; }

    /// <summary>What was accepted, or failed, later is not meant: a place in the order of acceptance, or Unix milliseconds.</summary>
    [Id(1)]
    public long Cutoff { get; set; }

    /// <summary>What is gone through one after the other: queues, or parts of states.</summary>
    [Id(2)]
    public List<string> Parts { get; set; } = [];

    /// <summary>
    /// Which of them is gone through; the complement of that where they are parts of states. A silo of an earlier version, which would take them for queues and knows fewer
    /// members of a request, falls over that and leaves the operation to others; one that knows all members but the worker can't read the number where there is one.
    /// </summary>
    [Id(3)]
    public long Part { get; set; }

    [Id(4)]
    public string Cursor { get; set; } = "";

    /// <summary>How many this pass has done: tasks move while they are gone through, so that a pass that finds none is the last.</summary>
    [Id(8)]
    public long DoneInPass { get; set; }

    [Id(5)]
    public long Done { get; set; }

    [Id(6)]
    public DateTimeOffset StartedAt { get; set; }

    [Id(7)]
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>The first <see cref="Part"/> of what a request asks for.</summary>
    public static long FirstPart(BulkRequest request) => BulkPlan.IsIndexed(request) ? 0 : request.Worker is null ? ~0L : ~OfNewMembers;

    /// <summary>The part that is gone through; <c>null</c> when all are.</summary>
    public string? PartNow() => At() < Parts.Count ? Parts[At()] : null;

    /// <summary>Goes on to the next part.</summary>
    public void GoOn() => Part += Part < 0 ? -1 : 1;

    /// <summary>Goes through all parts once more.</summary>
    public void Repeat() => (Part, DoneInPass) = (Part < 0 ? Part + At() : 0, 0);

    private int At() => (int)((Part < 0 ? ~Part : Part) % OfNewMembers);
}
