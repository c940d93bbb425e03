using System.Net.Sockets;
using System.Text;

namespace TaskGrid.Tests.Web;

/// <summary>A request as bytes, so that it can be wrong in every way; and the answer as it came.</summary>
/// <param name="Method">The method.</param>
/// <param name="Target">Path and query, as they stand in the first line.</param>
/// <param name="Headers">Beside <c>Host</c>, <c>Connection</c> and what says how long the body is.</param>
/// <param name="Body">The body; <c>null</c> for none.</param>
/// <param name="IsEndless">Whether the body goes on after this: it is the first chunk, and another does not come.</param>
internal sealed record RawRequest(string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[]? Body, bool IsEndless = false)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);

    /// <summary>Sends it over a connection of its own. An answer that has no end is read up to its first event.</summary>
    public async Task<RawAnswer> SendAsync(Uri address, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_limit);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, limit.Token);
        await using var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(ToBytes(address), limit.Token);
        }
        catch (IOException)
        {
            // It was refused before its end: the answer is there.
        }

        using var received = new MemoryStream();
        var buffer = new byte[8192];
        try
        {
            while (await stream.ReadAsync(buffer, limit.Token) is > 0 and var count)
            {
                received.Write(buffer, 0, count);
                if (received.Length > 0 && Encoding.Latin1.GetString(received.GetBuffer(), 0, (int)Math.Min(received.Length, 2000)).Contains("text/event-stream", StringComparison.Ordinal))
                {
                    break;
                }
            }
        }
        catch (IOException)
        {
            // The server need not read the rest of what it has refused.
        }

        return RawAnswer.Parse(received.ToArray());
    }

    private byte[] ToBytes(Uri address)
    {
        var head = new StringBuilder();
        head.Append(Method).Append(' ').Append(Target).Append(" HTTP/1.1\r\nHost: ").Append(address.Authority).Append("\r\nConnection: close\r\n");
        foreach (var (name, value) in Headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        head.Append((Body, IsEndless) switch
        {
            (null, _) => "",
            (_, true) => $"Transfer-Encoding: chunked\r\n\r\n{Body.Length:x}",
            _ => $"Content-Length: {Body.Length}\r\n",
        });
        return [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. Body ?? []];
    }

    public override string ToString() => $"{Method} {Target} {string.Join(' ', Headers.Select(h => $"{h.Name}: {h.Value}"))} {(Body is null ? "" : Encoding.UTF8.GetString(Body))}";
}

/// <summary>What came back.</summary>
/// <param name="Status">0 when nothing did.</param>
/// <param name="ContentType">Of the body.</param>
/// <param name="Body">The body, with the marks of its chunks taken out.</param>
internal sealed record RawAnswer(int Status, string ContentType, string Body)
{
    public static RawAnswer Parse(byte[] received)
    {
        var text = Encoding.UTF8.GetString(received);
        if (!text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal))
        {
            return new(0, "", text);
        }

        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var head = end < 0 ? text : text[..end];
        var headers = head.Split("\r\n")[1..].Select(h => h.Split(": ", 2)).ToLookup(h => h[0], h => h.Length > 1 ? h[1] : "", StringComparer.OrdinalIgnoreCase);
        var body = end < 0 ? "" : text[(end + 4)..];
        return new(
            int.Parse(text[9..12], System.Globalization.CultureInfo.InvariantCulture), headers["Content-Type"].FirstOrDefault() ?? "",
            headers["Transfer-Encoding"].Any() ? string.Concat(body.Split("\r\n").Where((_, i) => i % 2 == 1)) : body);
    }
}
