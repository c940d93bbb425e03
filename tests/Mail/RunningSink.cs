using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace TaskGrid.MailTests;

/// <summary>The development mailbox on a free port.</summary>
internal sealed class RunningSink : IAsyncDisposable
{
    private readonly SmtpSink _sink;

    private RunningSink(TimeProvider time, int port)
    {
        Mailbox = new(time);
        _sink = new(Options.Create(new DevMailOptions { Port = port }), Mailbox, time, NullLogger<SmtpSink>.Instance);
    }

    public DevMailbox Mailbox { get; }

    public int Port => _sink.Port;

    public string? Problem => _sink.Problem;

    public static async Task<RunningSink> StartAsync(TimeProvider? time = null, int port = 0)
    {
        var running = new RunningSink(time ?? TimeProvider.System, port);
        await running._sink.StartAsync(TestContext.Current.CancellationToken);
        return running;
    }

    /// <summary>The one mail that the mailbox holds, in full.</summary>
    public DevMailMessage Single() => Mailbox.Find(Assert.Single(Mailbox.List()).Id)!;

    public async ValueTask DisposeAsync()
    {
        await _sink.StopAsync(CancellationToken.None);
        _sink.Dispose();
    }
}
