using System.Diagnostics;

namespace TaskGrid.Kit;

/// <summary>A process of the system under test, watched by its output and ended by its pid.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(string dll, string readyLine, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> runner)
    {
        string[] command = [.. runner, "dotnet", dll];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = new() { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, e) => Read(e.Data, readyLine);
        _process.ErrorDataReceived += (_, e) => Read(e.Data, readyLine);
        _process.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException($"{Path.GetFileName(dll)} ended before it was ready:\n{Output}"));
    }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Resident memory in bytes.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>User and system time used so far.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The last that it has said.</summary>
    public string Output => string.Join('\n', AllOutput.TakeLast(200));

    /// <summary>All that it has said, line by line.</summary>
    public IReadOnlyList<string> AllOutput
    {
        get
        {
            lock (_output)
            {
                return [.. _output];
            }
        }
    }

    /// <param name="dll">The program.</param>
    /// <param name="readyLine">What it says when it is ready.</param>
    /// <param name="environment">Its settings.</param>
    /// <param name="onStart">Told of the process as soon as there is one: it may end before it is ready.</param>
    /// <param name="runner">The command that becomes the process, if there is to be one in between.</param>
    public static async Task<ServerProcess> StartAsync(
        string dll, string readyLine, IReadOnlyDictionary<string, string> environment, Action<ServerProcess>? onStart = null, IReadOnlyList<string>? runner = null)
    {
        var server = new ServerProcess(dll, readyLine, environment, runner ?? []);
        server._process.Start();
        onStart?.Invoke(server);
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        try
        {
            await server._ready.Task.WaitAsync(TimeSpan.FromSeconds(90), TimeProvider.System);
            return server;
        }
        catch (TimeoutException)
        {
            var output = server.Output;
            await server.DisposeAsync();
            throw new TimeoutException($"{dll} did not say '{readyLine}' within 90 s:\n{output}");
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitedAsync();
    }

    /// <summary>SIGTERM, and the exit that follows.</summary>
    public async Task StopAsync()
    {
        await SignalAsync("TERM");
        await ExitedAsync();
    }

    /// <summary>Sends a signal by name, for example STOP.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>SIGSTOP; when this returns none of its threads does anything any more.</summary>
    public async Task FreezeAsync()
    {
        await SignalAsync("STOP");
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        for (var tries = 0; !IsFrozen; tries++)
        {
            await tick.WaitForNextTickAsync();
            if (tries == 5000)
            {
                throw new TimeoutException($"Process {Pid} was told to stop and has not.");
            }
        }
    }

    /// <summary>Goes on after <see cref="FreezeAsync"/>.</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    // What comes after the name, which stands in brackets, begins with the state.
    private bool IsFrozen => Directory.GetDirectories($"/proc/{Pid}/task").Select(thread => File.ReadAllText($"{thread}/stat")).All(stat => stat[stat.LastIndexOf(')') + 2] == 'T');

    /// <summary>Its exit, however long it takes.</summary>
    public Task ExitAsync() => _process.WaitForExitAsync();

    /// <summary>Its exit within 90 s.</summary>
    public Task ExitedAsync() => _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(90), TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Read(string? line, string readyLine)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.Add(line);
        }

        if (line.Contains(readyLine, StringComparison.Ordinal))
        {
            _ready.TrySetResult();
        }
    }
}
