using System.Diagnostics;
using System.IO.Compression;

namespace TaskGrid.Faults.Proof;

/// <summary>The repository that this program is of.</summary>
internal sealed record Repository(string Path)
{
    private static readonly string[] s_product = ["Grains/", "Grains.Interfaces/", "Silo/", "Client.Web/", "Directory.", "global.json"];

    public static Repository Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Orleans.sln")))
            {
                return new(folder.FullName);
            }
        }

        throw new InvalidOperationException("Run it from within the repository.");
    }

    /// <summary>The last commit that changed the product: what a report is about.</summary>
    public Task<string> ProductAsync() => CommitOfAsync(files => files.Where(f => s_product.Any(p => f.StartsWith(p, StringComparison.Ordinal)) && !f.EndsWith(".md", StringComparison.Ordinal)));

    /// <summary>The last commit that changed any of some files; what is not committed has no report.</summary>
    /// <param name="choose">Which of all files.</param>
    public async Task<string> CommitOfAsync(Func<IEnumerable<string>, IEnumerable<string>> choose)
    {
        string[] files = ["--", .. choose((await GitAsync("ls-files")).Split('\n'))];
        var changes = await GitAsync(["status", "--porcelain", .. files]);
        return changes.Length == 0
            ? await GitAsync(["log", "-1", "--format=%h", .. files])
            : throw new InvalidOperationException($"Commit first: a report is about a commit.\n{changes}");
    }

    /// <summary>Builds the silo of the tests as it was one commit before another.</summary>
    /// <returns>Its program.</returns>
    public async Task<string> BuildPreviousAsync(string commit, string folder)
    {
        var source = System.IO.Path.Combine(folder, "previous");
        var program = System.IO.Path.Combine(source, "tests", "Faults", "Host", "bin", "Release", "net10.0", "TaskGrid.Faults.Host.dll");
        if (!File.Exists(program))
        {
            var archive = System.IO.Path.Combine(folder, "previous.zip");
            await GitAsync("archive", "-o", archive, $"{commit}^");
            await ZipFile.ExtractToDirectoryAsync(archive, source, overwriteFiles: true);
            await OutputAsync("dotnet", ["build", System.IO.Path.Combine(source, "tests", "Faults", "Host"), "-c", "Release", "--nologo", "-v", "quiet"]);
        }

        return program;
    }

    /// <summary>The version of the Redis that the tests start.</summary>
    public static async Task<string> RedisVersionAsync() =>
        (await OutputAsync("redis-server", ["--version"])).Split(' ').FirstOrDefault(w => w.StartsWith("v=", StringComparison.Ordinal))?[2..] ?? "of an unknown version";

    private Task<string> GitAsync(params string[] words) => OutputAsync("git", ["-C", Path, .. words]);

    private static async Task<string> OutputAsync(string program, IReadOnlyList<string> words)
    {
        using var process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"{program} {string.Join(' ', words)} ended with {process.ExitCode}: {output}");
    }
}
