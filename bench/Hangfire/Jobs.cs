namespace TaskGrid.Bench;

/// <summary>The work, as Hangfire's users write it.</summary>
public sealed class Jobs
{
    public static int Add(int x, int y) => x + y;

    public static double Instant() => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMilliseconds;
}
