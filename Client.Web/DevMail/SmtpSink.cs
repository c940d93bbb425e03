using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace TaskGrid.DevMail;

/// <summary>
/// An SMTP server on the loopback address that keeps every mail and sends none on. When its port is taken the host runs
/// without it.
/// </summary>
internal sealed partial class SmtpSink(IOptions<DevMailOptions> options, DevMailbox mailbox, TimeProvider time, ILogger<SmtpSink> logger) : BackgroundService
{
    private const int MaxConnections = 50;

    private readonly List<Task> _sessions = [];
    private TcpListener? _listener;

    /// <summary>The port it listens on, or was told to.</summary>
    public int Port => ((IPEndPoint?)_listener?.LocalEndpoint)?.Port ?? options.Value.Port;

    /// <summary>Why it does not listen; <c>null</c> while it does.</summary>
    public string? Problem { get; private set; } = "It has not started yet.";

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var listener = new TcpListener(IPAddress.Loopback, options.Value.Port);
        try
        {
            listener.Start();
        }
        catch (SocketException e)
        {
            listener.Dispose();
            Problem = $"Port {options.Value.Port} can't be had: {e.Message}. Is another process keeping it? DevMail__Port chooses another.";
            LogNotListening(Problem);
            return;
        }

        _listener = listener;
        Problem = null;
        LogListening(Port, DevMailbox.Capacity);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _listener?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            for (var number = 1L; ; number++)
            {
                var client = await _listener!.AcceptTcpClientAsync(stoppingToken);
                _sessions.RemoveAll(s => s.IsCompleted);
                _sessions.Add(ServeAsync(client, number, _sessions.Count >= MaxConnections, stoppingToken));
            }
        }
        catch (OperationCanceledException)
        {
            Problem = "It has stopped.";
        }
        catch (SocketException e)
        {
            Problem = $"It has stopped: {e.Message}";
            LogNotListening(Problem);
        }

        _listener!.Stop();
        await Task.WhenAll(_sessions);
    }

    private async Task ServeAsync(TcpClient client, long number, bool tooMany, CancellationToken stoppingToken)
    {
        using var owned = client;
        using var channel = new SmtpChannel(client.GetStream(), time, stoppingToken);
        try
        {
            await (tooMany ? channel.ReplyAsync("421 4.3.2 Too many connections") : ConverseAsync(channel, number));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            LogCutOff(number, e.Message);
        }
        catch (Exception e)
        {
            LogFailed(e, number);
        }
    }

    private async Task ConverseAsync(SmtpChannel channel, long number)
    {
        try
        {
            await new SmtpSession(channel, number, mailbox).RunAsync();
        }
        catch (InvalidDataException)
        {
            await channel.ReplyAsync("500 5.5.2 Line too long");
        }
    }
}
