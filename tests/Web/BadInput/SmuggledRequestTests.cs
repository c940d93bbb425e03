using System.Net.Sockets;
using System.Text;
using Xunit;

namespace TaskGrid.Tests.Web.BadInput;

/// <summary>
/// Requests whose end two readers could see in two places: behind a proxy, what comes after it would be somebody else's. Each is refused and its
/// connection closed, and what it hides is not done.
/// </summary>
public sealed class SmuggledRequestTests(SingleProcess process)
{
    /// <summary>What stands between the first line and the hidden request.</summary>
    public static TheoryData<string, string> Requests => new()
    {
        { "a length and chunks", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { "chunks and a length", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" },
        { "two lengths", "Content-Length: 0\r\nContent-Length: 200\r\n\r\n" },
        { "a length of two numbers", "Content-Length: 0, 200\r\n\r\n" },
        { "a length that is none", "Content-Length: 0x2\r\n\r\n[]" },
        { "an encoding of another name", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" },
        { "chunks that are not the last encoding", "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" },
        { "an extension of a chunk that ends in half a line end", "Transfer-Encoding: chunked\r\n\r\n2;a\nxx\r\n0\r\n\r\n" },
        { "a chunk of no length", "Transfer-Encoding: chunked\r\n\r\n-1\r\n[]\r\n0\r\n\r\n" },
        { "a space before the colon", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" },
        { "a header that goes on in the next line", "X: a\r\n Content-Length: 0\r\n\r\n" },
        { "a zero in a header", "X: a\0b\r\nContent-Length: 0\r\n\r\n" },
    };

    [Theory, MemberData(nameof(Requests))]
    public async Task What_has_two_ends_is_refused_and_what_it_hides_is_not_done(string kind, string head)
    {
        var id = $"hidden-{kind.Replace(' ', '-')}";
        var body = $$"""{"task":"add","args":[1,2],"id":"{{id}}"}""";
        var hidden = $"POST {Http.Tasks} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";

        var answer = await SendAsync($"POST {Http.Tasks} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{head}{hidden}");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Equal(1, answer.Split("HTTP/1.1 ").Length - 1);
        using var read = await process.Client.ReadAsync($"{Http.Tasks}/{id}");
        await read.ProblemAsync(404, "task_not_found");
    }

    /// <summary>All that comes back until the server closes the connection.</summary>
    private async Task<string> SendAsync(string request)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        var address = process.Client.BaseAddress!;
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, limit.Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), limit.Token);
        using var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer, limit.Token);
        }
        catch (IOException)
        {
            // Reset: closed all the same.
        }

        return Encoding.ASCII.GetString(answer.ToArray());
    }
}
