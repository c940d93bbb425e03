namespace TaskGrid.Storage;

/// <summary>
/// How long finished tasks can be kept: rounded up to one of these, so that the buckets they are forgotten by stay few. Pure.
/// </summary>
internal static class RetentionLadder
{
    private static readonly long[] s_seconds =
    [
        .. new[] { 1, 2, 5, 10, 20, 30 }.Select(m => m * 60L),
        .. new[] { 1, 2, 4, 8, 12 }.Select(h => h * 3600L),
        .. new[] { 1, 2, 3, 7, 14, 30, 60, 90, 180, 365, 730, 3650 }.Select(d => d * 86400L),
    ];

    /// <summary>The step in seconds.</summary>
    public static long StepFor(TimeSpan keep) => Array.Find(s_seconds, s => s >= keep.TotalSeconds) is > 0 and var step ? step : s_seconds[^1];
}
