using System.Diagnostics;

namespace TaskGrid.Kit;

/// <summary>Programs of the machine that some tests need.</summary>
internal static class Programs
{
    /// <summary>The path of a program, or <c>null</c> when this machine has none.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Runs one to its end, and returns what it said.</summary>
    /// <exception cref="InvalidOperationException">It says that it has failed, and why.</exception>
    public static async Task<string> RunAsync(string name, params IReadOnlyList<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = process.StandardOutput.ReadToEndAsync();
        var failure = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await said : throw new InvalidOperationException($"{name} {string.Join(' ', arguments)}: {failure}");
    }
}
