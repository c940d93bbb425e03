using TaskGrid.Storage;

namespace TaskGrid.Access;

/// <summary>Keeps the API keys. A change counts when it is written down.</summary>
[GrainType("taskgrid-api-keys")]
internal sealed class ApiKeysGrain([PersistentState("api-keys")] IPersistentState<ApiKeysState> state, TimeProvider time) : Grain, IApiKeysGrain
{
    private const int MaxKeys = 1000;
    private const int MaxBrowsers = 1000;

    public Task<IReadOnlyList<StoredApiKey>> List() => Task.FromResult<IReadOnlyList<StoredApiKey>>([.. state.State.Keys.Values.Where(IsLive)]);

    public async Task<TaskRefusal?> Put(StoredApiKey key)
    {
        var live = state.State.Keys.Values.Where(k => IsLive(k) && k.Id != key.Id).ToList();
        var (alike, most) = key.SignedInWith is null ? (live.Where(k => k.SignedInWith is null), MaxKeys) : (live.Where(k => k.SignedInWith is not null), MaxBrowsers);
        if (alike.Count() >= most)
        {
            return new(ErrorCodes.TooManyKeys, $"There are {most} keys of this kind already: remove some first.");
        }

        await WriteAsync(live.Append(key));
        return null;
    }

    public async Task<bool> Remove(string id)
    {
        if (!state.State.Keys.ContainsKey(id))
        {
            return false;
        }

        await WriteAsync(state.State.Keys.Values.Where(k => IsLive(k) && k.Id != id && k.SignedInWith != id));
        return true;
    }

    private bool IsLive(StoredApiKey key) => key.ExpiresAt is not { } end || end > time.GetUtcNow();

    private async Task WriteAsync(IEnumerable<StoredApiKey> keys)
    {
        state.State = new() { Keys = keys.ToDictionary(k => k.Id) };
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
