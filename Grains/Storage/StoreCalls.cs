namespace TaskGrid.Storage;

/// <summary>How grains ask the store for their callers, who may be in other processes.</summary>
internal static class StoreCalls
{
    /// <summary>
    /// Callers know that this is no answer, and ask again. What happened within the store's client stays here: no other process could read it.
    /// </summary>
    /// <exception cref="GridUnavailableException">The store did not answer.</exception>
    public static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (StoreUnavailableException e)
        {
            throw new GridUnavailableException(ErrorCodes.StoreUnavailable, e.Message);
        }
    }

    /// <summary>
    /// The same for what Orleans keeps in the store in its own ways, reminders and states of grains: each has exceptions of its own, whose only
    /// common word is that something may not have been written.
    /// </summary>
    /// <exception cref="GridUnavailableException">It may not have been written.</exception>
    public static async Task KeepAsync(Func<Task> keep)
    {
        try
        {
            await keep();
        }
        catch (Exception e)
        {
            throw new GridUnavailableException(ErrorCodes.StoreUnavailable, $"The store did not answer: {e.GetType().Name}: {e.Message}");
        }
    }
}
