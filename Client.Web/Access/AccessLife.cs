namespace TaskGrid.Access;

/// <summary>Whether whoever asked may still hear: an answer that has no end is not to outlive the key that it was asked for with.</summary>
internal sealed class AccessLife(Func<Task<bool>> goesOn)
{
    public static void Set(HttpContext http, Func<Task<bool>> goesOn) => http.Features.Set(new AccessLife(goesOn));

    /// <summary>Whether it goes on. While the grid does not answer nobody can say; but then it tells nothing, either.</summary>
    public static async Task<bool> GoesOnAsync(HttpContext http)
    {
        try
        {
            return http.Features.Get<AccessLife>() is not { } life || await life.AskAsync();
        }
        catch (GridUnavailableException)
        {
            return true;
        }
    }

    private Task<bool> AskAsync() => goesOn();
}
