namespace TaskGrid.Deployment;

/// <summary>What a test can't do without.</summary>
internal static class Need
{
    /// <summary>How the tests, and so the hosts that they start, were built: Debug or Release.</summary>
    public static string Configuration { get; } = Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!;

    public static void Programs(params string[] names)
    {
        foreach (var name in names)
        {
            Assert.SkipWhen(Kit.Programs.Find(name) is null, $"{name} is not installed (Debian: apt-get install {name})");
        }
    }
}
