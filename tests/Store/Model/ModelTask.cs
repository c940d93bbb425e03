namespace TaskGrid.Store.Model;

/// <summary>A task as the model knows it.</summary>
internal sealed class ModelTask(string id)
{
    public string Id => id;

    public required string Queue { get; set; }

    public required string Name { get; init; }

    public string? Key { get; init; }

    /// <summary>The limit of its key that it asks for itself.</summary>
    public int? OwnLimit { get; init; }

    public required int Priority { get; set; }

    /// <summary>Its place in the order of acceptance.</summary>
    public required long Place { get; set; }

    public required long Due { get; set; }

    public long Expires { get; set; }

    public long Deadline { get; set; }

    /// <summary>What it asks for that others with the same key are told.</summary>
    public Deduplication? Deduplication { get; init; }

    public int Attempt { get; set; }

    /// <summary>Whether its code has begun in an attempt that did not count.</summary>
    public bool Started { get; set; }

    /// <summary>S, F or C once it is final.</summary>
    public char? Ended { get; set; }

    public long? Token { get; set; }

    /// <summary>When its code may begin, once it is leased.</summary>
    public long StartsAt { get; set; }

    public bool CancelRequested { get; set; }

    /// <summary>The scopes that its lease is counted in.</summary>
    public List<string> Permits { get; set; } = [];

    public bool Waits => Ended is null && Token is null;

    /// <summary>What has become of it by itself, if it waits.</summary>
    public char? FateAt(long now) =>
        Expires > 0 && now >= Expires && Attempt == 0 && !Started && (Deadline == 0 || Expires <= Deadline) ? 'C'
        : Deadline > 0 && now >= Deadline ? 'F'
        : null;
}
