using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TaskGrid.Faults.Proof;

/// <summary>A part of the long form: tests that are run once, with settings.</summary>
/// <param name="Name">Its name, and that of the file with its figures.</param>
/// <param name="Project">The test project.</param>
/// <param name="Type">The type that has the tests.</param>
/// <param name="Method">Which of them; <c>*</c> for all.</param>
/// <param name="Settings">Environment variables.</param>
internal sealed record PartRun(string Name, string Project, string Type, string Method, params (string Name, string Value)[] Settings)
{
    private const string Cases = "When_";

    private static readonly JsonSerializerOptions s_readable = new() { WriteIndented = true };

    public PartRun With(string name, string value) => this with { Settings = [.. Settings, (name, value)] };

    /// <summary>
    /// Of the files of a repository, those that decide what this part does: all that is not another case's, or about the product's store alone. The model of
    /// the store is the simulation's store.
    /// </summary>
    public IEnumerable<string> Sources(IEnumerable<string> files) => files.Where(f => Project == "Simulation"
        ? IsIn(f, "tests/Simulation/") || IsIn(f, "tests/Store/Model/")
        : IsIn(f, "tests/Kit/") || (IsIn(f, "tests/Faults/") && !IsIn(f, "tests/Faults/Proof/") && (!Path.GetFileName(f).StartsWith(Cases, StringComparison.Ordinal) || Path.GetFileName(f) == $"{Type}.cs")));

    /// <summary>
    /// Runs it, unless it has been run for this product and these tests: one that has failed is not tried again, one of the two has to become another.
    /// </summary>
    /// <returns>Whether it has passed, now or before.</returns>
    public async Task<bool> RunAsync(Repository repository, ReportFolder folder)
    {
        var tests = await repository.CommitOfAsync(Sources);
        if (folder.Find(Name) is { } known && known.Tests == tests)
        {
            return known.Passed;
        }

        // What one that was broken off has left is of no use.
        var results = folder.LogsOf(Name);
        if (Directory.Exists(results))
        {
            Directory.Delete(results, recursive: true);
        }

        Directory.CreateDirectory(results);
        var (since, dll) = (Stopwatch.GetTimestamp(), Path.Combine(repository.Path, "tests", Project, "bin", Configuration, "net10.0", $"TaskGrid.{Project}.dll"));
        Console.Write($"{TimeProvider.System.GetUtcNow():HH:mm} {Name} ");
        var start = new ProcessStartInfo("dotnet", [dll, "-explicit", "on", "-method", $"*.{Type}.{Method}", "-showliveoutput", "-nocolor"]) { RedirectStandardOutput = true };
        start.Environment["TASKGRID_FAULTS_REPORT"] = results;
        foreach (var (name, value) in Settings)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        // A test that this machine can't do shows nothing.
        var passed = process.ExitCode == 0 && !output.Contains("Total: 0", StringComparison.Ordinal) && output.Contains("Skipped: 0", StringComparison.Ordinal);
        var seconds = Math.Round(Stopwatch.GetElapsedTime(since).TotalSeconds);
        await File.WriteAllTextAsync(Path.Combine(results, "output.log"), output);
        var cases = Directory.GetFiles(results, "*.json").Order(StringComparer.Ordinal).Select(f => JsonNode.Parse(File.ReadAllText(f))).ToArray();
        var part = new JsonObject { ["Tests"] = tests, ["Passed"] = passed, ["Seconds"] = seconds, ["Cases"] = new JsonArray(cases) };
        await File.WriteAllTextAsync(folder.FileOf(Name), part.ToJsonString(s_readable) + "\n");
        Console.WriteLine($"{(passed ? "passed" : $"FAILED (see {results})")} after {seconds} s");
        return passed;
    }

    private static bool IsIn(string file, string folder) => file.StartsWith(folder, StringComparison.Ordinal);

    /// <summary>The name that parts have in common which are the same again.</summary>
    public static string WithoutNumber(string name) => name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9').TrimEnd('.', '-');

    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
}
