namespace TaskGrid;

/// <summary>An API key as the grid keeps it: of the key itself only a hash.</summary>
[GenerateSerializer, Immutable, Alias("taskgrid.api-key")]
internal sealed record StoredApiKey
{
    /// <summary>Its public half: 16 hexadecimal digits.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>The SHA-256 of its secret half, hexadecimal. The secret has 256 random bits, so nothing slower is needed.</summary>
    [Id(1)] public required string Hash { get; init; }

    /// <summary>What people call it.</summary>
    [Id(2)] public required string Name { get; init; }

    /// <summary>What it may be used for.</summary>
    [Id(3)] public required List<AccessRole> Roles { get; init; }

    /// <summary>The queues that it is limited to, names or beginnings with a <c>*</c> at the end; none for all.</summary>
    [Id(4)] public List<string> Queues { get; init; } = [];

    /// <summary>The task names that it is limited to, likewise.</summary>
    [Id(5)] public List<string> Tasks { get; init; } = [];

    /// <summary>When it was made.</summary>
    [Id(6)] public DateTimeOffset CreatedAt { get; init; }

    /// <summary>From when on it is none any more.</summary>
    [Id(7)] public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was replaced: the instant from which on only the other one counts.</summary>
    [Id(8)] public DateTimeOffset? RetiresAt { get; init; }

    /// <summary>The key that a browser has signed in with, when this is the browser's; it goes when that one goes.</summary>
    [Id(9)] public string? SignedInWith { get; init; }

    /// <summary>The hash of that key, so that another of its id is not taken for it.</summary>
    [Id(10)] public string? SignedInHash { get; init; }

    /// <summary>The first of the keys that were replaced by one another, when this is not the first.</summary>
    [Id(11)] public string? First { get; init; }

    /// <summary>Whose key it is: the same for the key that it was rotated from, and for the browser that has signed in with it.</summary>
    public string Holder => First ?? SignedInWith ?? Id;

    /// <summary>Whether it counts at an instant.</summary>
    public bool IsLive(DateTimeOffset now) => !(ExpiresAt <= now) && !(RetiresAt <= now);
}
