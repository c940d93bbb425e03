namespace TaskGrid;

/// <summary>Where the sources are, for tests that hold documents against code.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "Orleans.sln"))
        ? folder
        : Find(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Orleans.sln is in no folder above the tests."));
}
