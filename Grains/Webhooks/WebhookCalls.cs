using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace TaskGrid.Webhooks;

/// <summary>
/// Calls receivers, and nobody who is none: a name is looked up here, and the connection goes to the very address that was looked at. Redirects are not
/// followed, and no proxy is used.
/// </summary>
internal sealed class WebhookCalls : IDisposable
{
    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public WebhookCalls(IOptions<WebhookOptions> options, TimeProvider time)
    {
        _time = time;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseProxy = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1), MaxResponseHeadersLength = 16,
            ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, options.Value, cancellationToken),
        };
        _http = new(handler) { Timeout = options.Value.Timeout };
    }

    /// <summary>Sends a delivery, and reads nothing but the head of the answer.</summary>
    /// <exception cref="HttpRequestException">It did not get there.</exception>
    /// <exception cref="TaskCanceledException">It took too long.</exception>
    public async Task<(HttpStatusCode Status, TimeSpan? RetryAfter)> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        return (response.StatusCode, response.Headers.RetryAfter is { } asked ? asked.Delta ?? asked.Date - _time.GetUtcNow() : null);
    }

    public void Dispose() => _http.Dispose();

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, WebhookOptions options, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(target.Host, cancellationToken).ConfigureAwait(false);
        var allowed = options.Allows(target.Host) ? addresses : [.. addresses.Where(WebhookRules.IsPublic)];
        if (allowed.Length == 0)
        {
            throw new HttpRequestException($"{target.Host} has no public address, and TaskGrid:Webhooks:AllowedHosts does not have it.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, target.Port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
