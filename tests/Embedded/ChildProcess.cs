using System.Diagnostics;
using System.Globalization;

namespace TaskGrid.Embedded;

/// <summary>A process of this program's own making, which tests start, stop and kill.</summary>
internal sealed class ChildProcess : IDisposable
{
    public const string Store = "child-store";
    public const string Application = "child-application";

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly List<string> _errors = [];

    private ChildProcess(Process process) => _process = process;

    /// <summary>The connection string that the child printed.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>The first word that the child printed: HOSTS, JOINED or READY.</summary>
    public string Role { get; private set; } = "";

    public static Task<ChildProcess> StartStoreAsync(string folder, int megabytes = 256) => StartAsync(Store, folder, megabytes.ToString(CultureInfo.InvariantCulture));

    public static Task<ChildProcess> StartApplicationAsync(string folder) => StartAsync(Application, folder);

    /// <summary>Ends the process as a power cut would: none of its code runs again.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Guard);
    }

    /// <summary>Asks the process to end, as a service manager does, and gives its exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync().WaitAsync(Guard);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static async Task<ChildProcess> StartAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "TaskGrid.Embedded"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var child = new ChildProcess(Process.Start(start)!);
        child._process.ErrorDataReceived += (_, line) => child._errors.Add(line.Data ?? "");
        child._process.BeginErrorReadLine();
        await child.ReadRoleAsync().WaitAsync(Guard);
        return child;
    }

    private async Task ReadRoleAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Split(' ') is ["HOSTS" or "JOINED" or "READY", var address])
            {
                (Role, ConnectionString) = (line.Split(' ')[0], address);
                // Its log goes on; a full pipe would stop the child.
                _ = _process.StandardOutput.ReadToEndAsync();
                return;
            }
        }

        throw new InvalidOperationException($"The child ended: {string.Join(Environment.NewLine, _errors)}");
    }
}
