using System.Diagnostics;
using System.Text.Json;

namespace TaskGrid.Bench;

/// <summary>A process that is asked by lines on its input and answers by lines on its output; ended by its pid.</summary>
internal sealed class CommandProcess : IAsyncDisposable
{
    private const int LinesKept = 100;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(15);

    private readonly string _name;
    private readonly Process _process;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Queue<string> _said = new();
    private TaskCompletionSource<string> _answer = NewAnswer();

    private CommandProcess(string name, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment)
    {
        _name = name;
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        _process = new() { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, e) => Read(e.Data);
        _process.ErrorDataReceived += (_, e) => Note(e.Data);
        _process.Exited += (_, _) => _answer.TrySetException(new InvalidOperationException($"{_name} has ended:\n{Said()}"));
    }

    public static async Task<CommandProcess> StartAsync(string name, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment)
    {
        var child = new CommandProcess(name, command, environment);
        child._process.Start();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        try
        {
            await child.AnswerAsync();
            return child;
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <exception cref="InvalidOperationException">The command failed there, or the process has ended; it says why.</exception>
    public async Task<JsonElement> AskAsync(string command, object? args = null)
    {
        await _turn.WaitAsync();
        try
        {
            _answer = NewAnswer();
            await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { command, args = args ?? new { } }));
            return await AnswerAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What it has used since it began.</summary>
    public async Task<ProcessUsage> UsageAsync() => (await AskAsync("usage")).Deserialize<ProcessUsage>(JsonSerializerOptions.Web)!;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _turn.Dispose();
    }

    private static TaskCompletionSource<string> NewAnswer() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<JsonElement> AnswerAsync()
    {
        var answer = JsonDocument.Parse(await _answer.Task.WaitAsync(s_patience, TimeProvider.System)).RootElement;
        return answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("error", out var error)
            ? throw new InvalidOperationException($"{_name} failed in {error}\n{Said()}")
            : answer;
    }

    private void Read(string? line)
    {
        if (line is [CommandLoop.Mark, ..])
        {
            _answer.TrySetResult(line[1..]);
        }
        else
        {
            Note(line);
        }
    }

    private void Note(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_said)
        {
            _said.Enqueue(line);
            if (_said.Count > LinesKept)
            {
                _said.Dequeue();
            }
        }
    }

    private string Said()
    {
        lock (_said)
        {
            return string.Join('\n', _said);
        }
    }
}
