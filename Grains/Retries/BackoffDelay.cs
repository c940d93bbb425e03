namespace TaskGrid.Retries;

/// <summary>Computes the pause before the next attempt. Pure.</summary>
internal static class BackoffDelay
{
    /// <summary>The pause after a failed attempt.</summary>
    /// <param name="backoff">How pauses grow.</param>
    /// <param name="failed">How many attempts have failed, from 1.</param>
    /// <param name="jitter">From 0 (included) to 1: where in its range a pause with jitter lies.</param>
    public static TimeSpan After(Backoff backoff, int failed, double jitter)
    {
        var full = backoff.Delays is { Count: > 0 } delays ? delays[Math.Min(failed, delays.Count) - 1].TotalMilliseconds : Grown(backoff, failed);
        return TimeSpan.FromMilliseconds(Math.Floor(backoff.Jitter ? full * jitter : full));
    }

    private static double Grown(Backoff backoff, int failed)
    {
        var first = backoff.Delay.TotalMilliseconds;
        var grown = backoff.Kind switch
        {
            BackoffKind.Fixed => first,
            BackoffKind.Linear => first * failed,
            _ => first * Math.Pow(backoff.Factor, failed - 1),
        };
        // Far attempts overflow to infinity, and nothing times infinity is no number.
        return double.IsNaN(grown) ? 0 : Math.Min(grown, backoff.MaxDelay.TotalMilliseconds);
    }
}
