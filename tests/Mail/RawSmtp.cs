using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TaskGrid.MailTests;

/// <summary>A client that says exactly what it is told, where MailKit would be too polite.</summary>
internal sealed class RawSmtp : IDisposable
{
    private readonly TcpClient _client = new();
    private StreamReader? _reader;

    public static async Task<RawSmtp> ConnectAsync(int port)
    {
        var smtp = new RawSmtp();
        await smtp._client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        smtp._reader = new(smtp._client.GetStream(), Encoding.UTF8);
        return smtp;
    }

    /// <summary>The next line of the server; <c>null</c> when it has hung up. Fails when neither comes within 30 s.</summary>
    public async Task<string?> ReadAsync() =>
        await _reader!.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    public async Task WriteAsync(string text) =>
        await _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);

    public async Task<string?> AskAsync(string command)
    {
        await WriteAsync(command + "\r\n");
        return await ReadAsync();
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _client.Dispose();
    }
}
