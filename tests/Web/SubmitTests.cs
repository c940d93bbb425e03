using System.Net;
using System.Text.Json;
using Xunit;

namespace TaskGrid.Tests.Web;

public sealed class SubmitTests(SingleProcess process)
{
    private static readonly string[] s_members =
    [
        "id", "task", "queue", "priority", "state", "version", "attempt", "maxAttempts", "interruptions", "createdAt", "dueAt", "startedAt",
        "finishedAt", "worker", "args", "progress", "result", "error", "reason", "cancelRequested", "attempts", "expiresAt", "deadlineAt",
        "concurrencyKey", "tags", "headers", "parentId", "rootId", "traceId",
    ];

    [Fact]
    public async Task An_accepted_task_is_answered_with_its_address()
    {
        using var response = await process.Client.PostJsonAsync(Http.Tasks, """{"task":"add","args":{"x":2,"y":3}}""");
        var task = await response.JsonAsync();
        using var read = await process.Client.ReadAsync($"{response.Headers.Location}?wait=60");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal($"{Http.Tasks}/{task.Text("id")}", response.Headers.Location?.OriginalString);
        Assert.Equal("add", task.Text("task"));
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.Equal("5", (await read.JsonAsync()).GetProperty("result").GetRawText());
    }

    [Fact]
    public async Task A_snapshot_has_all_its_members_also_those_without_value()
    {
        var task = await process.Client.SubmitAsync("""{"task":"add","args":[2,3],"delay":3600,"queue":"later","priority":7,"maxAttempts":9}""");

        Assert.Equal(s_members, task.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("Scheduled", "later"), (task.Text("state"), task.Text("queue")));
        Assert.Equal((7, 9), (task.GetProperty("priority").GetInt32(), task.GetProperty("maxAttempts").GetInt32()));
        Assert.Equal("[2,3]", task.GetProperty("args").GetRawText());
        Assert.Equal(TimeSpan.FromHours(1), task.GetProperty("dueAt").GetDateTimeOffset() - task.GetProperty("createdAt").GetDateTimeOffset());
        Assert.Equal(JsonValueKind.Null, task.GetProperty("result").ValueKind);
    }

    [Theory]
    [InlineData("""{"x": 9007199254740993, "y":0}""", "9007199254740993")]
    [InlineData("""[9223372036854775807, 0]""", "9223372036854775807")]
    [InlineData("""{"x":-0,"y":0}""", "0")]
    public async Task Arguments_keep_their_exact_text(string args, string result)
    {
        using var response = await process.Client.PostJsonAsync($"{Http.Tasks}?wait=60", $$"""{"task":"add","args":{{args}}}""");
        var task = await response.JsonAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(args, task.GetProperty("args").GetRawText());
        Assert.Equal(result, task.GetProperty("result").GetRawText());
    }

    [Theory]
    [InlineData("\\u0000\\u001b[31m<script>alert(1)</script>")]
    [InlineData("snow \u2603, \\uD83D\\uDE00, \\\"quoted\\\"")]
    public async Task Strange_text_arrives_as_it_was_sent(string text)
    {
        using var response = await process.Client.PostJsonAsync($"{Http.Tasks}?wait=60", $$$"""{"task":"echo","args":{"text":"{{{text}}}"}}""");

        Assert.Equal(JsonSerializer.Deserialize<string>($"\"{text}\""), (await response.JsonAsync()).Text("result"));
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("1969-12-31T23:59:59.1234567+14:00")]
    public async Task An_instant_in_the_past_means_at_once(string dueAt)
    {
        using var response = await process.Client.PostJsonAsync($"{Http.Tasks}?wait=60", $$"""{"task":"add","args":[1,2],"dueAt":"{{dueAt}}"}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("2100-01-31T09:30:00.5+02:00")]
    [InlineData("9999-12-31T23:59:59Z")]
    public async Task An_instant_in_the_future_is_kept(string dueAt)
    {
        var task = await process.Client.SubmitAsync($$"""{"task":"add","args":[1,2],"dueAt":"{{dueAt}}"}""");

        Assert.Equal("Scheduled", task.Text("state"));
        Assert.Equal(DateTimeOffset.Parse(dueAt), task.GetProperty("dueAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task Null_means_not_given()
    {
        using var response = await process.Client.PostJsonAsync(
            $"{Http.Tasks}?wait=60", """{"task":"add","args":[1,2],"id":null,"queue":null,"priority":null,"delay":null,"dueAt":null,"maxAttempts":null}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task The_same_submit_again_is_the_same_task()
    {
        const string Submit = """{"task":"add","args":{"x":1,"y":1},"id":"sent-twice"}""";
        var first = await process.Client.SubmitAsync(Submit);
        var second = await process.Client.SubmitAsync(Submit);

        Assert.Equal("sent-twice", first.Text("id"));
        Assert.Equal(first.Text("createdAt"), second.Text("createdAt"));
    }

    [Fact]
    public async Task The_same_id_with_other_content_is_a_conflict()
    {
        await process.Client.SubmitAsync("""{"task":"add","args":[1,1],"id":"taken"}""");
        using var response = await process.Client.PostJsonAsync(Http.Tasks, """{"task":"add","args":[1,2],"id":"taken"}""");

        await response.ProblemAsync(409, "task_exists", "id");
    }

    [Fact]
    public async Task A_failed_task_shows_its_error()
    {
        using var response = await process.Client.PostJsonAsync($"{Http.Tasks}?wait=60", """{"task":"fail","args":["no luck"],"maxAttempts":1}""");
        var task = await response.JsonAsync();

        Assert.Equal("Failed", task.Text("state"));
        Assert.Equal("System.InvalidOperationException", task.GetProperty("error").Text("type"));
        Assert.Equal("no luck", task.GetProperty("error").Text("message"));
        Assert.NotEmpty(task.GetProperty("error").Text("stack"));
    }

    [Fact]
    public async Task Every_option_can_be_sent()
    {
        var task = await process.Client.SubmitAsync(
            """
            {
              "task": "add", "args": [2, 3], "queue": "options", "delay": 3600, "priority": 8, "maxAttempts": "forever",
              "backoff": {"kind": "linear", "delay": 2, "maxDelay": 60, "jitter": false}, "retryOn": ["System.IO.IOException"],
              "neverRetryOn": ["System.ArgumentException"], "expiresAfter": 7200, "deadlineAfter": 86400, "softTimeLimit": 10, "timeLimit": 20,
              "heartbeatTimeout": 5, "cancelTimeout": 1.5, "concurrencyKey": "tenant:42 \u2603", "concurrencyLimit": 1, "ignoreResult": true,
              "maxResultBytes": 1000, "keepSucceeded": 3600, "keepFailed": 3600, "keepCancelled": 3600, "delivery": "atMostOnce",
              "deduplication": {"key": "every option", "mode": "keepLast"}, "tags": ["nightly", "eu"], "headers": {"x-tenant": "42"},
              "parentId": "the-parent", "rootId": "the-root", "traceParent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "traceState": "a=b"
            }
            """);

        Assert.Equal(("Scheduled", int.MaxValue, "tenant:42 \u2603"), (task.Text("state"), task.GetProperty("maxAttempts").GetInt32(), task.Text("concurrencyKey")));
        Assert.Equal(TimeSpan.FromHours(2), task.GetProperty("expiresAt").GetDateTimeOffset() - task.GetProperty("createdAt").GetDateTimeOffset());
        Assert.Equal(TimeSpan.FromDays(1), task.GetProperty("deadlineAt").GetDateTimeOffset() - task.GetProperty("createdAt").GetDateTimeOffset());
        Assert.Equal("""["nightly","eu"]""", task.GetProperty("tags").GetRawText());
        Assert.Equal("42", task.GetProperty("headers").Text("x-tenant"));
        Assert.Equal(("the-parent", "the-root", "0af7651916cd43dd8448eb211c80319c"), (task.Text("parentId"), task.Text("rootId"), task.Text("traceId")));
    }

    [Fact]
    public async Task An_idempotency_key_is_one_task()
    {
        const string Submit = """{"task":"add","args":[1,1],"idempotencyKey":"order 17"}""";
        var first = await process.Client.SubmitAsync(Submit);
        var second = await process.Client.SubmitAsync(Submit);
        using var other = await process.Client.PostJsonAsync(Http.Tasks, """{"task":"add","args":[1,2],"idempotencyKey":"order 17"}""");

        Assert.Equal(first.Text("id"), second.Text("id"));
        await other.ProblemAsync(422, "idempotency_key_reused", "idempotencyKey");
    }

    [Fact]
    public async Task The_documented_bodies_are_taken()
    {
        var document = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "rest.md"), TestContext.Current.CancellationToken);
        var body = document.Split("```json\n")[1].Split("```")[0];
        var task = await process.Client.SubmitAsync(body);

        Assert.Equal(("send_email", "tenant:42"), (task.Text("task"), task.Text("concurrencyKey")));
    }
}
