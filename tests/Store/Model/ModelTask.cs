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

    /// <summary>When it was accepted.</summary>
    public required long Created { get; init; }

    public required long Due { get; set; }

    public long Expires { get; set; }

    public long Deadline { get; set; }

    /// <summary>What it asks for that others with the same key are told.</summary>
    public Deduplication? Deduplication { get; init; }

    /// <summary>Whether it is delivered at most once.</summary>
    public bool AtMostOnce { get; init; }

    public int Attempt { get; set; }

    /// <summary>The attempts before a retry by hand, which count no more.</summary>
    public int Forgiven { get; set; }

    /// <summary>Whether it has failed and waits for another attempt.</summary>
    public bool Retries { get; set; }

    /// <summary>Deaths of silos in a row that it was there at.</summary>
    public int Crashes { get; set; }

    /// <summary>Whether its code has begun in an attempt that did not count.</summary>
    public bool Started { get; set; }

    /// <summary>S, F or C once it is final.</summary>
    public char? Ended { get; set; }

    /// <summary>The token of its lease.</summary>
    public long? Token { get; set; }

    /// <summary>Who holds its lease.</summary>
    public string Silo { get; set; } = "";

    /// <summary>Whether its code counts as begun if its silo dies.</summary>
    public bool Begun { get; set; }

    /// <summary>Whether its silo gets no other suspect as long as it has this lease.</summary>
    public bool IsTrial { get; set; }

    /// <summary>The token of the last lease that has ended.</summary>
    public long Issued { get; set; }

    /// <summary>The token of the last attempt that came to an end of its own.</summary>
    public long Applied { get; set; }

    /// <summary>When its code may begin, once it is leased.</summary>
    public long StartsAt { get; set; }

    public bool CancelRequested { get; set; }

    /// <summary>The scopes that its lease is counted in.</summary>
    public List<string> Permits { get; set; } = [];

    public bool Waits => Ended is null && Token is null;

    public bool IsSuspect => Crashes >= 2;

    /// <summary>As a record has it: W, R, S, F or C.</summary>
    public char Code => Ended ?? (Retries ? 'R' : 'W');

    /// <summary>What has become of it by itself, if it waits.</summary>
    public char? FateAt(long now) =>
        Expires > 0 && now >= Expires && Attempt == 0 && !Started && (Deadline == 0 || Expires <= Deadline) ? 'C'
        : Deadline > 0 && now >= Deadline ? 'F'
        : null;

    public ModelTask Copy()
    {
        var copy = (ModelTask)MemberwiseClone();
        copy.Permits = [.. Permits];
        return copy;
    }
}
