using System.Diagnostics;

namespace TaskGrid.Faults.Proof;

/// <summary>A part of the long form: tests that are run once, with settings.</summary>
/// <param name="Name">Its name, and the folder's that its figures are in.</param>
/// <param name="Project">The test project.</param>
/// <param name="Tests">Which of its tests, as its runner's <c>-method</c> takes it.</param>
/// <param name="Settings">Environment variables.</param>
internal sealed record PartRun(string Name, string Project, string Tests, params (string Name, string Value)[] Settings)
{
    /// <summary>Runs it, unless it has been run.</summary>
    /// <returns>Whether it has passed, now or before.</returns>
    public async Task<bool> RunAsync(Repository repository, string folder)
    {
        var (results, done) = (Path.Combine(folder, Name), Path.Combine(folder, Name, "passed.log"));
        if (File.Exists(done))
        {
            return true;
        }

        if (Directory.Exists(results))
        {
            Directory.Delete(results, recursive: true);
        }

        Directory.CreateDirectory(results);
        var (since, dll) = (Stopwatch.GetTimestamp(), Path.Combine(repository.Path, "tests", Project, "bin", Configuration, "net10.0", $"TaskGrid.{Project}.dll"));
        Console.Write($"{TimeProvider.System.GetUtcNow():HH:mm} {Name} ");
        var start = new ProcessStartInfo("dotnet", [dll, "-explicit", "on", "-method", Tests, "-showliveoutput", "-nocolor"]) { RedirectStandardOutput = true };
        start.Environment["TASKGRID_FAULTS_REPORT"] = results;
        foreach (var (name, value) in Settings)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var passed = process.ExitCode == 0 && !output.Contains("Total: 0", StringComparison.Ordinal);
        await File.WriteAllTextAsync(passed ? done : Path.Combine(results, "failed.log"), output);
        Console.WriteLine($"{(passed ? "passed" : "FAILED")} after {Stopwatch.GetElapsedTime(since).TotalSeconds:0} s");
        return passed;
    }

    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
}
