namespace TaskGrid;

/// <summary>All API keys of the grid; one grain, keyed 0. Every call may be repeated.</summary>
[Alias("taskgrid.api-keys")]
internal interface IApiKeysGrain : IGrainWithIntegerKey
{
    /// <summary>Those that have not expired, browsers' included.</summary>
    [Alias("List")]
    Task<IReadOnlyList<StoredApiKey>> List();

    /// <summary>Keeps a key, in place of one with its id. Returns why not, if there are too many.</summary>
    [Alias("Put")]
    Task<TaskRefusal?> Put(StoredApiKey key);

    /// <summary>Removes a key, and those of browsers that have signed in with it.</summary>
    /// <returns>Whether there was one.</returns>
    [Alias("Remove")]
    Task<bool> Remove(string id);
}
