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

    // What only the cases use that name it.
    private static readonly string[] s_ofSomeCases = ["Mixture.cs", "FaultPointHunt.cs"];

    // Far beyond all of them: nobody may wait for one that stands still.
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(2);

    private static readonly JsonSerializerOptions s_readable = new() { WriteIndented = true };

    public PartRun With(string name, string value) => this with { Settings = [.. Settings, (name, value)] };

    /// <summary>Whether a file of the repository decides what this part does: all do that are not another case's.</summary>
    private bool Concerns(string file, Repository repository) => Project == "Simulation"
        ? IsIn(file, "tests/Simulation/") || IsIn(file, "tests/Store/Model/GridModel") || IsIn(file, "tests/Store/Model/ModelTask")
        : IsIn(file, "tests/Kit/") || (IsIn(file, "tests/Faults/") && !IsIn(file, "tests/Faults/Proof/") && Uses(Path.GetFileName(file), repository));

    private bool Uses(string file, Repository repository)
    {
        if (file.StartsWith(Cases, StringComparison.Ordinal))
        {
            return file == $"{Type}.cs";
        }

        return !s_ofSomeCases.Contains(file)
            || File.ReadAllText(Path.Combine(repository.Path, "tests", "Faults", "Matrix", $"{Type}.cs")).Contains(Path.GetFileNameWithoutExtension(file), StringComparison.Ordinal);
    }

    private string TestsOf(Repository repository) => repository.CommitOf(f => Concerns(f, repository));

    /// <summary>What has been run, if it is what would be run.</summary>
    public PartResult? Known(Repository repository, ReportFolder folder) =>
        folder.Find(Name) is { } known && known.Tests == TestsOf(repository) && known.Settings == Said ? known : null;

    /// <summary>
    /// Runs it, unless it has been run for this product and these tests: one that has failed is not tried again, one of the two has to become another.
    /// </summary>
    /// <returns>Whether it has passed, now or before.</returns>
    public async Task<bool> RunAsync(Repository repository, ReportFolder folder)
    {
        if (Known(repository, folder) is { } known)
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
        using var limit = new CancellationTokenSource(s_longest);
        await using var end = limit.Token.Register(() => process.Kill(entireProcessTree: true));
        var output = await process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        // A test that this machine can't do shows nothing.
        var passed = process.ExitCode == 0 && !output.Contains("Total: 0", StringComparison.Ordinal) && output.Contains("Skipped: 0", StringComparison.Ordinal);
        var seconds = Math.Round(Stopwatch.GetElapsedTime(since).TotalSeconds);
        await File.WriteAllTextAsync(Path.Combine(results, "output.log"), output);
        var cases = Directory.GetFiles(results, "*.json").Order(StringComparer.Ordinal).Select(f => JsonNode.Parse(File.ReadAllText(f))).ToArray();
        var part = new JsonObject { ["Tests"] = TestsOf(repository), [nameof(Settings)] = Said, ["Passed"] = passed, ["Seconds"] = seconds, ["Cases"] = new JsonArray(cases) };
        await File.WriteAllTextAsync(folder.FileOf(Name), part.ToJsonString(s_readable) + "\n");
        Console.WriteLine($"{(passed ? "passed" : $"FAILED (see {results})")} after {seconds} s");
        return passed;
    }

    // Where the program of the commit before lies says nothing of it.
    private string Said => string.Join(' ', Settings.Where(s => !Path.IsPathRooted(s.Value)).Select(s => $"{s.Name}={s.Value}"));

    private static bool IsIn(string file, string folder) => file.StartsWith(folder, StringComparison.Ordinal);

    /// <summary>The name that parts have in common which are the same again.</summary>
    public static string WithoutNumber(string name) => name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9').TrimEnd('.', '-');

    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
}
