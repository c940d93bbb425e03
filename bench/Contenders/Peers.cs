using System.Diagnostics;
using TaskGrid.Kit;

namespace TaskGrid.Bench;

/// <summary>The peers that are measured beside TaskGrid.</summary>
internal static class Peers
{
    public const string HangfireName = "Hangfire";
    public const string BullMqName = "BullMQ";

    private static readonly Dictionary<string, string> s_none = [];

    /// <summary>All of them, the fastest first.</summary>
    public static IReadOnlyList<string> Names { get; } = [BullMqName, HangfireName];

    /// <summary>Those that this machine can run; says why it can't run another.</summary>
    public static async Task<IReadOnlyList<Peer>> FindAsync()
    {
        var peers = new List<Peer> { Hangfire() };
        if (await InstallBullMqAsync() is { } reason)
        {
            Console.Error.WriteLine($"BullMQ is left out: {reason}");
        }
        else
        {
            peers.Add(BullMq());
        }

        return peers;
    }

    private static Peer Hangfire() => new(
        HangfireName, ["dotnet", Build.Program("bench/Hangfire", "TaskGrid.Bench.Hangfire")], s_none,
        async redis => (long)await redis.StringGetAsync("{hangfire}:stats:succeeded"), MostTasks: 10_000);

    private static Peer BullMq() => new(
        BullMqName, [Programs.Find("node")!, Path.Combine(Folder, "main.mjs")], s_none,
        redis => redis.SortedSetLengthAsync("bull:bench:completed"), MostTasks: 100_000);

    private static string Folder => Path.Combine(Build.Root, "bench", "BullMq");

    private static async Task<string?> InstallBullMqAsync()
    {
        if (Programs.Find("node") is null || Programs.Find("npm") is not { } npm)
        {
            return "this machine has no node and npm.";
        }

        if (Directory.Exists(Path.Combine(Folder, "node_modules", "bullmq")))
        {
            return null;
        }

        using var install = Process.Start(new ProcessStartInfo(npm, ["ci", "--no-audit", "--no-fund", "--silent"]) { WorkingDirectory = Folder, RedirectStandardError = true })!;
        var said = await install.StandardError.ReadToEndAsync();
        await install.WaitForExitAsync();
        return install.ExitCode == 0 ? null : $"npm ci failed: {said}";
    }
}
