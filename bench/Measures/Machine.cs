using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace TaskGrid.Bench;

/// <summary>Where and of what figures were taken.</summary>
/// <param name="StartedAt">When.</param>
/// <param name="Commit">Of which commit; with a <c>+</c> when files had been changed since.</param>
/// <param name="Processor">The processor's name.</param>
/// <param name="Cores">How many of them, shared by everything.</param>
/// <param name="MemoryGiB">The machine's memory.</param>
/// <param name="System">The operating system.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="Orleans">The version of Orleans.</param>
/// <param name="Redis">The version of Redis.</param>
internal sealed record Machine(
    DateTimeOffset StartedAt, string Commit, string Processor, int Cores, double MemoryGiB, string System, string Runtime, string Orleans, string Redis)
{
    public static async Task<Machine> LookAsync()
    {
        await using var redis = await RedisProbe.StartAsync();
        return new(
            TimeProvider.System.GetUtcNow(), await CommitAsync(), ProcessorName(), Environment.ProcessorCount,
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30), RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription,
            typeof(IGrain).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+', ' ')[0].TrimEnd('.'), $"{redis.Version}");
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Processor}, {Cores} cores shared by everything, {MemoryGiB:0} GiB; {System}; {Runtime}; Orleans {Orleans}; Redis {Redis}, AOF everysec; commit {Commit}, {StartedAt:yyyy-MM-dd}");

    private static string ProcessorName() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor";

    private static async Task<string> CommitAsync()
    {
        var commit = await GitAsync("rev-parse", "--short", "HEAD");
        return commit + (await GitAsync("status", "--porcelain", "--untracked-files=no") is "" ? "" : "+");
    }

    private static async Task<string> GitAsync(params string[] args)
    {
        using var git = Process.Start(new ProcessStartInfo("git", args) { WorkingDirectory = Build.Root, RedirectStandardOutput = true })!;
        var said = await git.StandardOutput.ReadToEndAsync();
        await git.WaitForExitAsync();
        return said.Trim();
    }
}
