using System.Net;
using System.Text;
using Xunit;

namespace TaskGrid.Tests.Web;

/// <summary>What a request can say by the web's own headers.</summary>
public sealed class RequestHeaderTests(SingleProcess process)
{
    [Theory]
    [InlineData("wait=60", "wait=60")]
    [InlineData("respond-async, WAIT=\"61\"; foo=bar", "wait=60")]
    public async Task A_preferred_wait_is_kept_and_said_so(string prefer, string applied)
    {
        using var response = await SendAsync(Http.Tasks, """{"task":"add","args":[1,2]}""", ("Prefer", prefer));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(applied, Assert.Single(response.Headers.GetValues("Preference-Applied")));
    }

    [Theory]
    [InlineData("wait")]
    [InlineData("wait=soon")]
    [InlineData("wait=-1")]
    [InlineData("wait=1.5")]
    [InlineData("return=minimal")]
    public async Task A_preference_that_means_nothing_is_none(string prefer)
    {
        using var response = await SendAsync(Http.Tasks, """{"task":"add","args":[1,2],"delay":3600}""", ("Prefer", prefer));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.False(response.Headers.Contains("Preference-Applied"));
    }

    [Fact]
    public async Task The_same_key_is_the_same_task_with_and_without_quotation_marks()
    {
        const string Body = """{"task":"add","args":[4,5]}""";
        using var first = await SendAsync(Http.Tasks, Body, ("Idempotency-Key", "order-77"));
        using var again = await SendAsync(Http.Tasks, Body, ("Idempotency-Key", "\"order-77\""));
        using var member = await SendAsync(Http.Tasks, """{"task":"add","args":[4,5],"idempotencyKey":"order-77"}""", ("Idempotency-Key", "order-77"));
        using var other = await SendAsync(Http.Tasks, """{"task":"add","args":[4,6]}""", ("Idempotency-Key", "order-77"));

        var id = (await first.JsonAsync()).Text("id");
        Assert.Equal(id, (await again.JsonAsync()).Text("id"));
        Assert.Equal(id, (await member.JsonAsync()).Text("id"));
        await other.ProblemAsync(422, "idempotency_key_reused", "idempotencyKey");
    }

    [Fact]
    public async Task A_key_that_can_be_none_is_refused()
    {
        const string Body = """{"task":"add","args":[4,5]}""";
        using var empty = await SendAsync(Http.Tasks, Body, ("Idempotency-Key", "\"\""));
        using var longest = await SendAsync($"{Http.Tasks}/batch", $"[{Body}]", ("Idempotency-Key", new string('k', 251)));
        using var differs = await SendAsync(Http.Tasks, """{"task":"add","args":[4,5],"idempotencyKey":"a"}""", ("Idempotency-Key", "b"));
        using var both = await SendAsync(Http.Tasks, """{"task":"add","args":[4,5],"id":"a"}""", ("Idempotency-Key", "b"));

        foreach (var response in new[] { empty, longest, differs })
        {
            await response.ProblemAsync(400, "invalid_request", "Idempotency-Key");
        }

        await both.ProblemAsync(422, "invalid_option", "id");
    }

    [Fact]
    public async Task A_batch_that_is_sent_again_under_its_key_makes_nothing_new()
    {
        const string Body = """[{"task":"add","args":[1,1]},{"task":"add","args":[1,1]},{"task":"add","args":[1,1],"id":"of-its-own"},{"task":"add","args":[1,1],"idempotencyKey":"own-key"}]""";
        var first = await IdsAsync(Body);
        var again = await IdsAsync(Body);

        Assert.Equal(first, again);
        Assert.Equal(4, first.Distinct().Count());
        Assert.Equal("of-its-own", first[2]);
        using var single = await SendAsync(Http.Tasks, """{"task":"add","args":[1,1]}""", ("Idempotency-Key", "own-key"));
        Assert.Equal(first[3], (await single.JsonAsync()).Text("id"));
    }

    private async Task<string[]> IdsAsync(string batch)
    {
        using var response = await SendAsync($"{Http.Tasks}/batch", batch, ("Idempotency-Key", "batch-1"));
        return [.. (await response.JsonAsync()).GetProperty("items").EnumerateArray().Select(i => i.GetProperty("task").Text("id"))];
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string json, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await process.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
