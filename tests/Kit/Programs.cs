namespace TaskGrid.Kit;

/// <summary>Programs of the machine that some tests need.</summary>
internal static class Programs
{
    /// <summary>The path of a program, or <c>null</c> when this machine has none.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
