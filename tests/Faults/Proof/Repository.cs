using System.Diagnostics;
using System.IO.Compression;

namespace TaskGrid.Faults.Proof;

/// <summary>The repository that this program is of.</summary>
internal sealed class Repository
{
    private static readonly string[] s_product = ["Grains/", "Grains.Interfaces/", "Silo/", "Client.Web/", "Directory.", "global.json"];

    private readonly IReadOnlyList<(string Commit, string[] Files)> _history;
    private readonly string[] _uncommitted;

    private Repository(string path, string history, string uncommitted)
    {
        Path = path;
        _history = [.. history.Split('@', StringSplitOptions.RemoveEmptyEntries).Select(c => c.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Select(c => (c[0], c[1..]))];
        // The first two characters say what has happened to a file.
        _uncommitted = [.. uncommitted.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l[3..])];
    }

    public string Path { get; }

    /// <summary>As it is now: what is built when this is asked is what is run.</summary>
    public static async Task<Repository> OpenAsync()
    {
        var path = Find();
        return new(
            path, await OutputAsync("git", ["-C", path, "log", "--format=@%h", "--name-only", "--no-renames"]),
            await OutputAsync("git", ["-C", path, "-c", "status.renames=false", "status", "--porcelain", "--untracked-files=all"]));
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Orleans.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("Run it from within the repository.");
    }

    /// <summary>The last commit that changed the product: what a report is about.</summary>
    public string Product => CommitOf(f => s_product.Any(p => f.StartsWith(p, StringComparison.Ordinal)) && !f.EndsWith(".md", StringComparison.Ordinal));

    /// <summary>The last commit that changed, added or removed a file; what is not committed has no report.</summary>
    /// <param name="concerns">Whether it is about a file.</param>
    public string CommitOf(Func<string, bool> concerns)
    {
        var open = _uncommitted.Where(concerns).ToList();
        return open.Count == 0
            ? _history.First(c => c.Files.Any(concerns)).Commit
            : throw new InvalidOperationException($"Commit first, a report is about a commit: {string.Join(", ", open)}");
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
        return process.ExitCode == 0 ? output.TrimEnd() : throw new InvalidOperationException($"{program} {string.Join(' ', words)} ended with {process.ExitCode}: {output}");
    }
}
