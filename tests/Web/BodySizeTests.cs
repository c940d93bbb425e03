using System.Net;
using System.Text;
using TaskGrid.Requests;
using Xunit;

namespace TaskGrid.Tests.Web;

public sealed class BodySizeTests(SingleProcess process)
{
    [Theory]
    [InlineData(Http.Tasks, "application/json")]
    [InlineData($"{Http.Tasks}/batch", "application/json")]
    [InlineData("/tasks/add", "application/x-www-form-urlencoded")]
    public async Task A_body_of_one_byte_too_many_is_refused(string path, string contentType)
    {
        // It asks first: the refusal closes the connection, which a client that still sends its body may find reset before it reads the answer.
        using var client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromSeconds(60) }) { BaseAddress = process.Client.BaseAddress };
        client.DefaultRequestHeaders.ExpectContinue = true;
        using var response = await client.PostBytesAsync(path, new byte[RequestLimits.MaxBodyBytes + 1], contentType);

        await response.ProblemAsync(413, "payload_too_large");
    }

    [Fact]
    public async Task A_body_without_length_is_cut_off_at_the_limit()
    {
        // Sent as bytes, since a client that still sends when it is refused may tell of the connection that is gone, and not of the answer.
        var answer = await new RawRequest("POST", Http.Tasks, [("Content-Type", "application/json")], new byte[RequestLimits.MaxBodyBytes + 1], IsEndless: true)
            .SendAsync(process.Client.BaseAddress!, TestContext.Current.CancellationToken);

        Assert.Equal(413, answer.Status);
        Assert.Contains("payload_too_large", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_just_fits_is_taken_whole()
    {
        const string Frame = """{"task":"echo","args":{"text":"--"}}""";
        var text = new string('a', RequestLimits.MaxBodyBytes - Frame.Length + 2);
        var body = Encoding.UTF8.GetBytes(Frame.Replace("--", text, StringComparison.Ordinal));
        using var response = await process.Client.PostBytesAsync($"{Http.Tasks}?wait=60", body, "application/json");

        Assert.Equal(RequestLimits.MaxBodyBytes, body.Length);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(text, (await response.JsonAsync()).Text("result"));
    }
}
