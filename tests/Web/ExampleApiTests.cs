using System.Net;
using System.Text;
using System.Text.Json;
using Xunit;

namespace TaskGrid.Tests.Web;

public sealed class ExampleApiTests(SingleProcess process)
{
    [Fact]
    public async Task Add_answers_with_an_id_whose_result_is_the_sum()
    {
        var id = await StartAsync("/tasks/add", ("a", "2"), ("b", "-3"));
        await WaitAsync(id);

        Assert.Equal("""{"ready":true,"successful":true,"value":-1}""", await ResultAsync(id));
    }

    [Fact]
    public async Task Block_and_process_end_with_their_results()
    {
        var blocked = await StartAsync("/tasks/block");
        var counted = await StartAsync("/tasks/process", ("total", "1"));
        await WaitAsync(counted);
        await WaitAsync(blocked);

        Assert.Equal("""{"ready":true,"successful":true,"value":{"current":1,"total":1}}""", await ResultAsync(counted));
        Assert.Equal("""{"ready":true,"successful":true,"value":null}""", await ResultAsync(blocked));
    }

    [Fact]
    public async Task A_result_that_is_not_ready_has_no_success_yet()
    {
        await process.Client.SubmitAsync("""{"task":"add","args":[1,2],"id":"example-later","delay":3600}""");

        Assert.Equal("""{"ready":false,"successful":null,"value":null}""", await ResultAsync("example-later"));
    }

    [Fact]
    public async Task A_failure_is_ready_and_says_what_went_wrong()
    {
        await process.Client.SubmitAsync("""{"task":"fail","args":["<b>no</b> luck"],"id":"example-failed","maxAttempts":1}""");
        await WaitAsync("example-failed");

        var result = JsonDocument.Parse(await ResultAsync("example-failed")).RootElement;
        Assert.True(result.GetProperty("ready").GetBoolean());
        Assert.False(result.GetProperty("successful").GetBoolean());
        Assert.Equal("<b>no</b> luck", result.Text("value"));
    }

    [Fact]
    public async Task A_mail_is_accepted_and_arrives()
    {
        using var response = await process.Client.PostFormAsync("/send_email", ("recipient", "ada@example.com"), ("content", "hello \u2603"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("Email sent!", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var task = await process.Client.ReadAsync($"{response.Headers.Location}?wait=60");
        Assert.Equal("Succeeded", (await task.JsonAsync()).Text("state"));
        using var mails = await process.Client.ReadAsync("/dev/mail");
        Assert.Contains((await mails.JsonAsync()).EnumerateArray(), mail => mail.GetProperty("to")[0].GetString() == "ada@example.com");
    }

    [Theory]
    [InlineData("/tasks/add", "", "invalid_arguments", "a")]
    [InlineData("/tasks/add", "a=1", "invalid_arguments", "b")]
    [InlineData("/tasks/add", "a=x&b=1", "invalid_arguments", "a")]
    [InlineData("/tasks/add", "a=1&b=9223372036854775808", "invalid_arguments", "b")]
    [InlineData("/tasks/add", "a=1&a=2&b=1", "invalid_arguments", "a")]
    [InlineData("/tasks/add", "a=1.5&b=1", "invalid_arguments", "a")]
    [InlineData("/tasks/process", "", "invalid_arguments", "total")]
    [InlineData("/tasks/process", "total=-1", "invalid_arguments", "total")]
    [InlineData("/tasks/process", "total=1000000000000", "invalid_arguments", "total")]
    [InlineData("/send_email", "content=x", "invalid_address", "recipient")]
    [InlineData("/send_email", "recipient=ada@example.com", "invalid_arguments", "content")]
    [InlineData("/send_email", "recipient=ada&content=x", "invalid_address", "recipient")]
    [InlineData("/send_email", "recipient=a@x.de%0D%0ABcc:v@y.de&content=x", "invalid_address", "recipient")]
    [InlineData("/send_email", "recipient=a@x.de,b@x.de&content=x", "invalid_address", "recipient")]
    public async Task A_bad_form_value_is_named(string path, string form, string code, string field)
    {
        using var response = await process.Client.PostBytesAsync(path, Encoding.ASCII.GetBytes(form), "application/x-www-form-urlencoded");

        await response.ProblemAsync(422, code, field);
    }

    [Theory]
    [InlineData("application/json", null, 415, "unsupported_media_type")]
    [InlineData("text/plain", null, 415, "unsupported_media_type")]
    [InlineData(null, null, 415, "unsupported_media_type")]
    [InlineData("application/x-www-form-urlencoded", "gzip", 415, "unsupported_media_type")]
    [InlineData("multipart/form-data", null, 400, "invalid_request")]
    [InlineData("multipart/form-data; boundary=x", null, 400, "invalid_request")]
    public async Task A_body_that_is_no_form_is_refused(string? contentType, string? encoding, int status, string code)
    {
        using var response = await process.Client.PostBytesAsync("/tasks/add", "a=1&b=2"u8.ToArray(), contentType, encoding);

        await response.ProblemAsync(status, code);
    }

    [Fact]
    public async Task A_form_may_be_multipart()
    {
        using var a = new StringContent("1");
        using var b = new StringContent("2");
        using var form = new MultipartFormDataContent { { a, "a" }, { b, "b" } };
        using var response = await process.Client.PostAsync("/tasks/add", form, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("never-started", 404, "task_not_found", null)]
    [InlineData("a%20b", 400, "invalid_id", "id")]
    public async Task A_result_of_nothing_is_a_problem(string id, int status, string code, string? field)
    {
        using var response = await process.Client.ReadAsync($"/tasks/result/{id}");

        await response.ProblemAsync(status, code, field);
    }

    private async Task<string> StartAsync(string path, params (string, string)[] form)
    {
        using var response = await process.Client.PostFormAsync(path, form);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.JsonAsync()).Text("result_id");
    }

    private async Task WaitAsync(string id)
    {
        using var response = await process.Client.ReadAsync($"{Http.Tasks}/{id}?wait=60");
        Assert.Contains((await response.JsonAsync()).Text("state"), (string[])["Succeeded", "Failed"]);
    }

    private async Task<string> ResultAsync(string id)
    {
        using var response = await process.Client.ReadAsync($"/tasks/result/{id}");
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
