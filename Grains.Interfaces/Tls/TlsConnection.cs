using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;

namespace TaskGrid.Tls;

/// <summary>A connection of Orleans whose bytes go through TLS.</summary>
internal static class TlsConnection
{
    private static readonly TimeSpan s_handshake = TimeSpan.FromSeconds(10);

    /// <summary>Shakes hands, and goes on with what is inside. Who has no place here is cut off.</summary>
    public static async Task RunAsync(ConnectionContext context, ConnectionDelegate next, Func<SslStream, CancellationToken, Task> shakeHands)
    {
        var outside = context.Transport;
        await using var tls = new SslStream(new DuplexStream(outside), leaveInnerStreamOpen: true);
        if (!await AgreeAsync(tls, context, shakeHands).ConfigureAwait(false))
        {
            return;
        }

        var (input, output) = (PipeReader.Create(tls, new(leaveOpen: true)), PipeWriter.Create(tls, new(leaveOpen: true)));
        context.Transport = new Pipes(input, output);
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            await input.CompleteAsync().ConfigureAwait(false);
            await output.CompleteAsync().ConfigureAwait(false);
            context.Transport = outside;
        }
    }

    private static async Task<bool> AgreeAsync(SslStream tls, ConnectionContext context, Func<SslStream, CancellationToken, Task> shakeHands)
    {
        using var limit = new CancellationTokenSource(s_handshake, TimeProvider.System);
        try
        {
            await shakeHands(tls, limit.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException or InvalidOperationException)
        {
            context.Abort(new ConnectionAbortedException($"TLS with {context.RemoteEndPoint}: {e.Message}", e));
            return false;
        }
    }

    private sealed class Pipes(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
