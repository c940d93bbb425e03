using System.Diagnostics;

namespace TaskGrid.Kit;

/// <summary>A process that takes all it can get of a processor.</summary>
internal sealed class BusyProcess : IDisposable
{
    private readonly Process _process;

    private BusyProcess(Process process) => _process = process;

    public static BusyProcess Start() => new(Process.Start(new ProcessStartInfo("sh", ["-c", "while :; do :; done"]) { RedirectStandardOutput = true })!);

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
