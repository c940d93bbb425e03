using System.Diagnostics;

namespace TaskGrid.Browser;

/// <summary>A terminal into which somebody pastes a command.</summary>
internal static class Shell
{
    /// <returns>What it printed.</returns>
    public static async Task<string> RunAsync(string command)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (bash.StandardOutput.ReadToEndAsync(), bash.StandardError.ReadToEndAsync());
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(bash.ExitCode == 0, $"{command}\n{await error}");
        return await output;
    }
}
