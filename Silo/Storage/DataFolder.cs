namespace TaskGrid.Embedded;

/// <summary>Where the embedded store keeps its data unless told otherwise.</summary>
internal static class DataFolder
{
    public const string Setting = "TaskGrid:DataFolder";

    /// <summary>
    /// The configured folder, relative to the content root; else <c>.data</c> beside the solution, so that all hosts started
    /// from one checkout share a store; else <c>.data</c> under the content root.
    /// </summary>
    public static string Resolve(string? configured, string contentRoot) => string.IsNullOrWhiteSpace(configured)
        ? Path.Combine(SolutionAbove(contentRoot) ?? contentRoot, ".data")
        : Path.GetFullPath(configured, contentRoot);

    private static string? SolutionAbove(string contentRoot)
    {
        for (var folder = new DirectoryInfo(contentRoot); folder is not null; folder = folder.Parent)
        {
            if (folder.EnumerateFiles("*.sln*").Any(file => file.Extension is ".sln" or ".slnx"))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
