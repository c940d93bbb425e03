namespace TaskGrid.Storage;

/// <summary>How grains ask the store for their callers, who may be in other processes.</summary>
internal static class StoreCalls
{
    /// <summary>Callers know that an <see cref="OrleansException"/> is no answer, and ask again.</summary>
    public static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (StoreUnavailableException e)
        {
            throw new OrleansException(e.Message, e);
        }
    }
}
