namespace TaskGrid.Deployment;

/// <summary>What a test can't do without.</summary>
internal static class Need
{
    /// <summary>How the tests, and so the hosts that they start, were built: Debug or Release.</summary>
    public static string Configuration { get; } = Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!;

    public static void Redis() => Assert.SkipWhen(RedisServer.Path is null, "redis-server is not installed (Debian: apt-get install redis-server)");
}
