using TaskGrid.Storage;

namespace TaskGrid.Access;

/// <summary>Keeps the API keys. A change counts when it is written down.</summary>
[GrainType("taskgrid-api-keys")]
internal sealed class ApiKeysGrain([PersistentState("api-keys")] IPersistentState<ApiKeysState> state, TimeProvider time) : Grain, IApiKeysGrain
{
    private const int MaxKeys = 1000;
    private const int MaxBrowsersOfAKey = 20;
    // Longer than any call that was given up can still be on its way.
    private static readonly TimeSpan s_remembered = TimeSpan.FromHours(1);

    // In the settings of the web processes, which look after it themselves.
    private const string AdminId = "admin";

    public Task<IReadOnlyList<StoredApiKey>> List() => Task.FromResult<IReadOnlyList<StoredApiKey>>(Live());

    public async Task<TaskRefusal?> Put(StoredApiKey key)
    {
        if (state.State.Removed.ContainsKey(key.Id))
        {
            return Gone();
        }

        var others = Live().Where(k => k.Id != key.Id).ToList();
        if (key.SignedInWith is { } with)
        {
            if (with != AdminId && !others.Any(k => k.Id == with && k.Hash == key.SignedInHash))
            {
                return Gone();
            }

            // The oldest browser makes room, so that nobody can keep the others out.
            var oldest = others.Where(k => k.SignedInWith == with).OrderByDescending(k => k.CreatedAt).Skip(MaxBrowsersOfAKey - 1).ToList();
            await WriteAsync(others.Except(oldest).Append(key));
            return null;
        }

        if (others.Count(k => k.SignedInWith is null) >= MaxKeys)
        {
            return new(ErrorCodes.TooManyKeys, $"There are {MaxKeys} keys already: revoke some first.");
        }

        await WriteAsync(others.Append(key));
        return null;
    }

    public async Task<StoredApiKey?> Rotate(string id, string newId, string newHash, TimeSpan overlap)
    {
        var live = Live();
        if (live.Find(k => k.Id == newId) is { } made)
        {
            return made;
        }

        if (state.State.Removed.ContainsKey(newId) || live.Find(k => k.Id == id && k.SignedInWith is null) is not { } old)
        {
            return null;
        }

        var (now, key) = (time.GetUtcNow(), old with { Id = newId, Hash = newHash, RetiresAt = null, CreatedAt = time.GetUtcNow(), First = old.Holder });
        var retired = old with { RetiresAt = old.RetiresAt < now + overlap ? old.RetiresAt : now + overlap };
        await WriteAsync(live.Select(k => k == old ? retired : k).Append(key));
        return key;
    }

    public async Task<bool> Remove(string id)
    {
        if (!state.State.Keys.Values.Any(k => k.Id == id || k.SignedInWith == id))
        {
            return false;
        }

        await WriteAsync(Live().Where(k => k.Id != id && k.SignedInWith != id), id);
        return true;
    }

    private static TaskRefusal Gone() => new(ErrorCodes.TaskNotFound, "The key is none any more.");

    private List<StoredApiKey> Live() => [.. state.State.Keys.Values.Where(k => k.IsLive(time.GetUtcNow()))];

    private async Task WriteAsync(IEnumerable<StoredApiKey> keys, string? removed = null)
    {
        var (now, kept) = (time.GetUtcNow(), keys.ToDictionary(k => k.Id));
        var gone = state.State.Removed.Where(r => r.Value > now).ToDictionary();
        if (removed is not null)
        {
            gone[removed] = now + s_remembered;
        }

        // What a browser has does not outlive what it was got with.
        state.State = new() { Keys = kept.Values.Where(k => k.SignedInWith is null or AdminId || kept.ContainsKey(k.SignedInWith)).ToDictionary(k => k.Id), Removed = gone };
        try
        {
            await StoreCalls.KeepAsync(() => state.WriteStateAsync());
        }
        catch (Exception)
        {
            // It may have been written, and may not: only the store knows.
            DeactivateOnIdle();
            throw;
        }
    }
}
