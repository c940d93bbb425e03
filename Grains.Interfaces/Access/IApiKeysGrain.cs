namespace TaskGrid;

/// <summary>All API keys of the grid; one grain, keyed 0. Every call may be repeated.</summary>
[Alias("taskgrid.api-keys")]
internal interface IApiKeysGrain : IGrainWithIntegerKey
{
    /// <summary>Those that have not expired, browsers' included.</summary>
    [Alias("List")]
    Task<IReadOnlyList<StoredApiKey>> List();

    /// <summary>
    /// Keeps a key, in place of one with its id. Returns why not: there are too many, or it is that of a browser that has signed in with a key
    /// that is none any more.
    /// </summary>
    [Alias("Put")]
    Task<TaskRefusal?> Put(StoredApiKey key);

    /// <summary>Makes a key in place of another, of which it has everything but id, hash and instant. Once more it is that one again.</summary>
    /// <returns>The new one; <c>null</c> when there is no such key to be replaced.</returns>
    [Alias("Rotate")]
    Task<StoredApiKey?> Rotate(string id, string newId, string newHash, TimeSpan overlap);

    /// <summary>Removes a key, and those of browsers that have signed in with it.</summary>
    /// <returns>Whether there was one.</returns>
    [Alias("Remove")]
    Task<bool> Remove(string id);
}
