namespace TaskGrid.Bench;

/// <summary>Of tasks that are due at an instant.</summary>
internal static class Lateness
{
    /// <exception cref="InvalidOperationException">It has come before all were submitted: what is late then is the submit.</exception>
    public static void CheckAhead(DateTimeOffset first)
    {
        if (TimeProvider.System.GetUtcNow() >= first)
        {
            throw new InvalidOperationException("The tasks were due before all of them were submitted; nothing was measured.");
        }
    }
}
