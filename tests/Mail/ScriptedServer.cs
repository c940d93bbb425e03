using System.Net;
using System.Net.Sockets;

namespace TaskGrid.MailTests;

/// <summary>
/// A mail server whose answers a test writes down: by the first word of each command, or <c>.</c> for a whole message. An
/// answer of <see cref="HangUp"/> closes the connection instead, one of <see cref="Silence"/> never comes.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    public const string HangUp = "hang up";
    public const string Silence = "silence";

    private static readonly Dictionary<string, string> s_agreeable = new()
    {
        ["greeting"] = "220 ready",
        ["EHLO"] = "250 localhost",
        ["MAIL"] = "250 ok",
        ["RCPT"] = "250 ok",
        ["DATA"] = "354 go on",
        ["."] = "250 ok queued as 42",
        ["RSET"] = "250 ok",
        ["NOOP"] = "250 ok",
        ["QUIT"] = "221 bye",
    };

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _silent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, string> _answers;
    private readonly Task _run;

    public ScriptedServer(params (string Command, string Answer)[] answers)
    {
        _answers = new(s_agreeable);
        foreach (var (command, answer) in answers)
        {
            _answers[command] = answer;
        }

        _listener.Start();
        _run = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Completes when the server has been asked something that it will never answer.</summary>
    public Task Silent => _silent.Task;

    /// <summary>All lines that clients sent, without those of messages.</summary>
    public List<string> Heard { get; } = [];

    public int Connections { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Connections++;
                await ConverseAsync(client);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ConverseAsync(TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream());
        await using var writer = new StreamWriter(client.GetStream()) { NewLine = "\r\n", AutoFlush = true };
        var command = "greeting";
        try
        {
            while (command is not null && await AnswerAsync(writer, command) && command != "QUIT")
            {
                command = command == "DATA" && _answers["DATA"].StartsWith('3') ? await ReadMessageAsync(reader) : await ReadCommandAsync(reader);
            }
        }
        catch (IOException)
        {
            // The client has gone.
        }
    }

    private async Task<bool> AnswerAsync(StreamWriter writer, string command)
    {
        var answer = _answers.GetValueOrDefault(command, "500 what?");
        if (answer == Silence)
        {
            _silent.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
        }

        if (answer == HangUp)
        {
            return false;
        }

        await writer.WriteLineAsync(answer.AsMemory(), _stop.Token);
        return true;
    }

    private async Task<string?> ReadCommandAsync(StreamReader reader)
    {
        var line = await reader.ReadLineAsync(_stop.Token);
        if (line is not null)
        {
            Heard.Add(line);
        }

        return line?.Split(' ')[0].ToUpperInvariant();
    }

    private async Task<string?> ReadMessageAsync(StreamReader reader)
    {
        var line = await reader.ReadLineAsync(_stop.Token);
        while (line is not (null or "."))
        {
            line = await reader.ReadLineAsync(_stop.Token);
        }

        return line;
    }
}
