using System.Diagnostics;
using System.Text;

namespace TaskGrid.Deployment;

/// <summary>A command that runs in a folder, watched by its output.</summary>
internal sealed class Script : IAsyncDisposable
{
    // A guard against a hang, not a measure: it builds from scratch on a machine that is busy with other tests.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(8);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource _said = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string? _line;

    private Script(string folder, IEnumerable<string> command, string? line, IReadOnlyDictionary<string, string>? environment)
    {
        _line = line;
        // Whoever started the tests in the background gave them a deaf ear for Ctrl-C; the script must hear it.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", .. command]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        _process = new() { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, e) => Read(e.Data);
        _process.ErrorDataReceived += (_, e) => Read(e.Data);
        _process.Exited += (_, _) => _said.TrySetException(new InvalidOperationException($"It ended before it said '{line}':\n{Output}"));
    }

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Runs it to its end, and returns its output; any other end than a good one throws with it.</summary>
    public static async Task<string> RunAsync(string folder, params string[] command)
    {
        await using var script = new Script(folder, command, line: null, environment: null);
        script.Begin();
        var status = await script.EndAsync();
        return status == 0 ? script.Output : throw new InvalidOperationException($"{string.Join(' ', command)} ended with {status}:\n{script.Output}");
    }

    /// <summary>Starts it, and returns when it has said so.</summary>
    public static async Task<Script> StartAsync(string folder, string line, IReadOnlyDictionary<string, string> environment, params string[] command)
    {
        var script = new Script(folder, command, line, environment);
        script.Begin();
        await script._said.Task.WaitAsync(s_limit, TimeProvider.System);
        return script;
    }

    /// <summary>Ctrl-C, and the exit code that follows.</summary>
    public async Task<int> InterruptAsync()
    {
        await SignalAsync("INT");
        return await EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // Not killed: it has processes of its own to stop.
            await SignalAsync("TERM");
            await EndAsync();
        }

        _process.Dispose();
    }

    private void Begin()
    {
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(s_limit, TimeProvider.System);
        return _process.ExitCode;
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    private void Read(string? text)
    {
        if (text is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(text);
        }

        if (_line is not null && text.Contains(_line, StringComparison.Ordinal))
        {
            _said.TrySetResult();
        }
    }
}
