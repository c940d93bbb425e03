namespace TaskGrid.Storage;

/// <summary>Which store, and which grid in it.</summary>
internal sealed record StoreOptions
{
    /// <summary>StackExchange.Redis connection string.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>The grid's name: the hash tag of all its keys.</summary>
    public required string Grid { get; init; }

    /// <summary>Whether tasks are accepted although the store's settings lose them.</summary>
    public bool AllowUnsafe { get; init; }

    /// <summary>Changes the script before it is used; the conformance suite cuts it so.</summary>
    public Func<string, string> Script { get; init; } = text => text;
}
