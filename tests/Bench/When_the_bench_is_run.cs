using System.Diagnostics;
using System.Text.Json;
using TaskGrid.Kit;

namespace TaskGrid.Bench.Tests;

/// <summary>The bench in its small form: whether it works, whatever its figures are.</summary>
public sealed class When_the_bench_is_run
{
    // One of each kind: all of them take five minutes, which is for who changes the bench.
    private static readonly string[] s_scenarios = ["single", "batch", "rest", "drain", "round-trip", "rest-round-trip"];
    private static readonly string[] s_shared = ["single", "drain", "round-trip"];
    private static readonly string[] s_peers = ["Hangfire", "BullMQ"];
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Its_scenarios_give_figures()
    {
        Assert.SkipWhen(Programs.Find("redis-server") is null, "redis-server is not on the PATH.");
        Assert.SkipWhen(Programs.Find("npm") is null, "npm is not on the PATH: there is no BullMQ to measure.");
        var folder = Directory.CreateTempSubdirectory("taskgrid-bench-").FullName;
        await RunAsync(Path.Combine("bench", "bin", Configuration, "net10.0", "TaskGrid.Bench.dll"), [.. s_scenarios, "--quick", "--out", folder]);

        using var results = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "results.json")));
        var runs = results.RootElement.GetProperty("measurements").EnumerateArray().ToList();
        foreach (var run in runs)
        {
            var figures = run.GetProperty("figures").EnumerateObject().ToList();
            Assert.NotEmpty(figures);
            Assert.True(run.GetProperty("count").GetInt32() > 0, $"{run}");
            Assert.All(figures.Where(f => f.Name is "tasks/s" || f.Name.EndsWith("p50 ms", StringComparison.Ordinal) && !f.Name.StartsWith("late", StringComparison.Ordinal)), f => Assert.True(f.Value.GetDouble() > 0, $"{run}"));
        }

        Assert.Equal(s_scenarios, ScenariosOf("TaskGrid").OrderBy(n => Array.IndexOf(s_scenarios, n)));
        Assert.All(s_peers, peer => Assert.Equal(s_shared, ScenariosOf(peer)));

        var tables = await File.ReadAllTextAsync(Path.Combine(folder, "results.md"));
        Assert.All(s_scenarios, name => Assert.Contains($"**{name}**", tables, StringComparison.Ordinal));
        Assert.Contains("<svg", await File.ReadAllTextAsync(Path.Combine(folder, "results.svg")), StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);

        IEnumerable<string> ScenariosOf(string contender) => runs.Where(r => r.GetProperty("contender").GetString() == contender).Select(r => r.GetProperty("scenario").GetString()!);
    }

    [Fact]
    public async Task Micro_benchmarks_run()
    {
        var said = await RunAsync(Path.Combine("bench", "Micro", "bin", Configuration, "net10.0", "TaskGrid.Bench.Micro.dll"), "--list", "flat");
        Assert.All((string[])["LifecycleBenchmarks", "EncodingBenchmarks", "ArgsBenchmarks", "BatcherBenchmarks", "ScriptBenchmarks"], name => Assert.Contains(name, said, StringComparison.Ordinal));
    }

    private static string Configuration => AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";

    private static async Task<string> RunAsync(string program, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(Root(), program), .. args]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Root() };
        using var process = Process.Start(start)!;
        var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(s_patience, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
        }

        Assert.True(process.HasExited && process.ExitCode == 0, $"{program} {string.Join(' ', args)}:\n{await complained}\n{await said}");
        return await said;
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Orleans.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("This is not run from the repository.");
        }

        return folder;
    }
}
