using System.Text;
using Xunit;

namespace TaskGrid.Tests.Web;

public sealed class BadSubmitTests(SingleProcess process)
{
    private static readonly string s_name10000 = new('n', 10_000);
    private static readonly string s_id129 = new('i', 129);

    public static TheoryData<string> NotJson =>
    [
        "",
        " ",
        """{"task":"add" """,
        """{"task":"add"} x""",
        """{"task":"add"}{"task":"add"}""",
        """{"task":"add",}""",
        """{"task":"add"/* why */}""",
        """{"task":"add"} // why""",
        """{'task':'add'}""",
        """{task:"add"}""",
        "\uFEFF" + """{"task":"add"}""",
        """{"task":"add","args":{"x":NaN,"y":1}}""",
        """{"task":"add","args":{"x":Infinity,"y":1}}""",
        """{"task":"add","args":{"x":01,"y":1}}""",
        """{"task":"add","args":{"x":+1,"y":1}}""",
        """{"task":"add","task":"add"}""",
        """{"task":"add","t\u0061sk":"add"}""",
        """{"task":"add","args":{"x":1,"x":2,"y":3}}""",
        """{"task":"echo","args":{"text":"\uD800"}}""",
        """{"task":"echo","args":{"\uDC00":"x"}}""",
        """{"task":"echo","id":"\uD800"}""",
        "{\"task\":\"echo\",\"args\":{\"text\":\"a\nb\"}}",
        """{"task":"echo","args":""" + new string('[', 64) + new string(']', 64) + "}",
        new string('[', 10_000),
        new string('[', 1_000_000),
        string.Concat(Enumerable.Repeat("{\"a\":", 100_000)),
    ];

    /// <summary>Body, status, code, field.</summary>
    public static TheoryData<string, int, string, string?> Refused => new()
    {
        { "[]", 400, "invalid_request", null },
        { "\"add\"", 400, "invalid_request", null },
        { "null", 400, "invalid_request", null },
        { "1", 400, "invalid_request", null },
        { "{}", 400, "invalid_request", "task" },
        { """{"task":null}""", 400, "invalid_request", "task" },
        { """{"task":5}""", 400, "invalid_request", "task" },
        { """{"task":"add","countdown":5}""", 400, "unknown_field", "countdown" },
        { """{"task":"add","countdown":null}""", 400, "unknown_field", "countdown" },
        { """{"Task":"add"}""", 400, "unknown_field", "Task" },
        { """{"task":"add","$type":"System.Object"}""", 400, "unknown_field", "$type" },
        { """{"task":"add","__proto__":{}}""", 400, "unknown_field", "__proto__" },
        { $$"""{"{{s_name10000}}":1}""", 400, "unknown_field", s_name10000[..100] + "..." },
        { """{"task":"nobody_knows_it"}""", 422, "unknown_task", "task" },
        { """{"task":""}""", 400, "invalid_task_name", "task" },
        { """{"task":"../../x"}""", 400, "invalid_task_name", "task" },
        { """{"task":"System.String, System.Private.CoreLib"}""", 400, "invalid_task_name", "task" },
        { $$"""{"task":"{{s_name10000}}"}""", 400, "invalid_task_name", "task" },
        { """{"task":"taskgrid.webhook","args":{"id":"of-others","url":"https://evil.example/"}}""", 400, "invalid_task_name", "task" },
        { """{"task":"add","args":[1,2],"queue":"taskgrid.webhooks"}""", 422, "invalid_queue", "queue" },
        { """{"task":"add","args":[1,2],"id":"taskgrid.webhook.4711.2"}""", 400, "invalid_id", "id" },
        { """{"task":"add"}""", 422, "invalid_arguments", "args.x" },
        { """{"task":"add","args":5}""", 422, "invalid_arguments", "args" },
        { """{"task":"add","args":"x"}""", 422, "invalid_arguments", "args" },
        { """{"task":"add","args":{"x":1}}""", 422, "invalid_arguments", "args.y" },
        { """{"task":"add","args":{"x":"1","y":2}}""", 422, "invalid_arguments", "args.x" },
        { """{"task":"add","args":{"x":1.5,"y":2}}""", 422, "invalid_arguments", "args.x" },
        { """{"task":"add","args":{"x":9223372036854775808,"y":2}}""", 422, "invalid_arguments", "args.x" },
        { """{"task":"add","args":{"x":1e999,"y":2}}""", 422, "invalid_arguments", "args.x" },
        { $$$"""{"task":"add","args":{"x":{{{new string('9', 400)}}},"y":2}}""", 422, "invalid_arguments", "args.x" },
        { """{"task":"add","args":{"x":1,"y":2,"$type":"x"}}""", 422, "invalid_arguments", "args.$type" },
        { """{"task":"add","args":[1]}""", 422, "invalid_arguments", "args[1]" },
        { """{"task":"add","args":[1,2,3]}""", 422, "invalid_arguments", "args[2]" },
        { """{"task":"add","args":[1,2],"priority":"5"}""", 400, "invalid_request", "priority" },
        { """{"task":"add","args":[1,2],"priority":1.5}""", 400, "invalid_request", "priority" },
        { """{"task":"add","args":[1,2],"priority":10}""", 422, "invalid_priority", "priority" },
        { """{"task":"add","args":[1,2],"priority":-1}""", 422, "invalid_priority", "priority" },
        { """{"task":"add","args":[1,2],"priority":1e999}""", 422, "invalid_priority", "priority" },
        { """{"task":"add","args":[1,2],"delay":"5"}""", 400, "invalid_request", "delay" },
        { """{"task":"add","args":[1,2],"delay":-1}""", 422, "invalid_delay", "delay" },
        { """{"task":"add","args":[1,2],"delay":-1e9}""", 422, "invalid_delay", "delay" },
        { """{"task":"add","args":[1,2],"delay":1e12}""", 422, "invalid_delay", "delay" },
        { """{"task":"add","args":[1,2],"delay":1e999}""", 422, "invalid_delay", "delay" },
        { """{"task":"add","args":[1,2],"delay":1,"dueAt":"2026-01-31T09:30:00Z"}""", 422, "invalid_delay", "dueAt" },
        { """{"task":"add","args":[1,2],"dueAt":"tomorrow"}""", 400, "invalid_request", "dueAt" },
        { """{"task":"add","args":[1,2],"dueAt":""}""", 400, "invalid_request", "dueAt" },
        { """{"task":"add","args":[1,2],"dueAt":"2026-01-31"}""", 400, "invalid_request", "dueAt" },
        { """{"task":"add","args":[1,2],"dueAt":"2026-01-31T09:30:00"}""", 400, "invalid_request", "dueAt" },
        { """{"task":"add","args":[1,2],"dueAt":1769851800}""", 400, "invalid_request", "dueAt" },
        { """{"task":"add","args":[1,2],"maxAttempts":0}""", 422, "invalid_max_attempts", "maxAttempts" },
        { """{"task":"add","args":[1,2],"maxAttempts":1000001}""", 422, "invalid_max_attempts", "maxAttempts" },
        { """{"task":"add","args":[1,2],"maxAttempts":2147483648}""", 422, "invalid_max_attempts", "maxAttempts" },
        { """{"task":"add","args":[1,2],"maxAttempts":true}""", 400, "invalid_request", "maxAttempts" },
        { """{"task":"add","args":[1,2],"maxAttempts":"never"}""", 400, "invalid_request", "maxAttempts" },
        { """{"task":"add","args":[1,2],"backoff":[]}""", 400, "invalid_request", "backoff" },
        { """{"task":"add","args":[1,2],"backoff":{"pace":1}}""", 400, "unknown_field", "backoff.pace" },
        { """{"task":"add","args":[1,2],"backoff":{"kind":"sudden"}}""", 400, "invalid_request", "backoff.kind" },
        { """{"task":"add","args":[1,2],"backoff":{"delays":[1,"2"]}}""", 400, "invalid_request", "backoff.delays" },
        { """{"task":"add","args":[1,2],"backoff":{"delays":[]}}""", 422, "invalid_option", "backoff" },
        { """{"task":"add","args":[1,2],"backoff":{"factor":0.5}}""", 422, "invalid_option", "backoff.factor" },
        { """{"task":"add","args":[1,2],"retryOn":"System.Exception"}""", 400, "invalid_request", "retryOn" },
        { """{"task":"add","args":[1,2],"timeLimit":"5m"}""", 400, "invalid_request", "timeLimit" },
        { """{"task":"add","args":[1,2],"timeLimit":0}""", 422, "invalid_option", "timeLimit" },
        { """{"task":"add","args":[1,2],"timeLimit":1,"softTimeLimit":1}""", 422, "invalid_option", "softTimeLimit" },
        { """{"task":"add","args":[1,2],"expiresAfter":1e300}""", 422, "invalid_option", "expiresAfter" },
        { """{"task":"add","args":[1,2],"expiresAfter":60,"expiresAt":"2100-01-01T00:00:00Z"}""", 422, "invalid_option", "expiresAt" },
        { """{"task":"add","args":[1,2],"deadlineAt":"2100-01-01"}""", 400, "invalid_request", "deadlineAt" },
        { """{"task":"add","args":[1,2],"keepFailed":1}""", 422, "invalid_option", "keepFailed" },
        { """{"task":"add","args":[1,2],"concurrencyKey":""}""", 422, "invalid_option", "concurrencyKey" },
        { """{"task":"add","args":[1,2],"concurrencyLimit":0}""", 422, "invalid_option", "concurrencyLimit" },
        { """{"task":"add","args":[1,2],"delivery":"exactlyOnce"}""", 400, "invalid_request", "delivery" },
        { """{"task":"add","args":[1,2],"deduplication":{"mode":"unique"}}""", 422, "invalid_option", "deduplication.key" },
        { """{"task":"add","args":[1,2],"deduplication":{"key":"k","mode":"debounce"}}""", 422, "invalid_option", "deduplication.period" },
        { """{"task":"add","args":[1,2],"deduplication":{"key":"k","period":1}}""", 422, "invalid_option", "deduplication.period" },
        { """{"task":"add","args":[1,2],"tags":["a","b c"]}""", 422, "invalid_option", "tags" },
        { """{"task":"add","args":[1,2],"tags":[1]}""", 400, "invalid_request", "tags" },
        { """{"task":"add","args":[1,2],"headers":{"a":1}}""", 400, "invalid_request", "headers" },
        { """{"task":"add","args":[1,2],"headers":{"\u0000":"x"}}""", 422, "invalid_option", "headers" },
        { """{"task":"add","args":[1,2],"id":"mine","idempotencyKey":"k"}""", 422, "invalid_option", "id" },
        { """{"task":"add","args":[1,2],"parentId":"a b"}""", 422, "invalid_option", "parentId" },
        { """{"task":"add","args":[1,2],"queue":5}""", 400, "invalid_request", "queue" },
        { """{"task":"add","args":[1,2],"queue":""}""", 422, "invalid_queue", "queue" },
        { """{"task":"add","args":[1,2],"queue":"a b/../\u0000"}""", 422, "invalid_queue", "queue" },
        { """{"task":"add","args":[1,2],"queue":"{grid}"}""", 422, "invalid_queue", "queue" },
        { """{"task":"add","args":[1,2],"id":7}""", 400, "invalid_request", "id" },
        { """{"task":"add","args":[1,2],"id":""}""", 400, "invalid_id", "id" },
        { """{"task":"add","args":[1,2],"id":" "}""", 400, "invalid_id", "id" },
        { """{"task":"add","args":[1,2],"id":".."}""", 400, "invalid_id", "id" },
        { """{"task":"add","args":[1,2],"id":"../../etc/passwd"}""", 400, "invalid_id", "id" },
        { """{"task":"add","args":[1,2],"id":"a\r\nb"}""", 400, "invalid_id", "id" },
        { """{"task":"add","args":[1,2],"id":"\u202Eabc"}""", 400, "invalid_id", "id" },
        { """{"task":"add","args":[1,2],"id":"{x}:*"}""", 400, "invalid_id", "id" },
        { """{"task":"add","args":[1,2],"id":"\u001b[31m"}""", 400, "invalid_id", "id" },
        { $$"""{"task":"add","args":[1,2],"id":"{{s_id129}}"}""", 400, "invalid_id", "id" },
    };

    [Theory, MemberData(nameof(NotJson), DisableDiscoveryEnumeration = true)]
    public async Task A_body_that_is_not_strict_json_is_refused(string body)
    {
        using var response = await process.Client.PostJsonAsync(Http.Tasks, body);

        await response.ProblemAsync(400, "invalid_json");
    }

    [Theory, MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public async Task A_submit_that_makes_no_sense_is_refused_by_name(string body, int status, string code, string? field)
    {
        using var response = await process.Client.PostJsonAsync(Http.Tasks, body);

        await response.ProblemAsync(status, code, field);
    }

    [Theory]
    [InlineData("{\"task\":\"add\" ", "line 1, byte 15")]
    [InlineData("{\n  \"task\": ,\n}", "line 2, byte 11")]
    [InlineData("{\n\"task\": \"\\uD800\"}", "line 2, byte 9")]
    public async Task A_syntax_error_is_shown_where_it_is(string body, string place)
    {
        using var response = await process.Client.PostJsonAsync(Http.Tasks, body);

        Assert.Contains(place, (await response.ProblemAsync(400, "invalid_json")).Text("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"task\":\"\u00C3(\"}")]
    [InlineData("{\"task\":\"\u00ED\u00A0\u0080\"}")]
    [InlineData("\u00FF\u00FE{\0}\0")]
    public async Task A_body_that_is_not_utf8_is_refused(string latin1)
    {
        using var response = await process.Client.PostBytesAsync(Http.Tasks, Encoding.Latin1.GetBytes(latin1), "application/json");

        await response.ProblemAsync(400, "invalid_json");
    }

    [Theory]
    [InlineData("text/plain", null)]
    [InlineData("application/xml", null)]
    [InlineData("application/x-www-form-urlencoded", null)]
    [InlineData("application/json; charset=utf-7", null)]
    [InlineData("application/json; charset=utf-16", null)]
    [InlineData("nonsense", null)]
    [InlineData(null, null)]
    [InlineData("application/json", "gzip")]
    [InlineData("application/json", "zstd, gzip")]
    [InlineData("application/json", "no-such-thing")]
    public async Task Another_type_or_encoding_is_refused(string? contentType, string? encoding)
    {
        using var response = await process.Client.PostBytesAsync(Http.Tasks, """{"task":"add","args":[1,2]}"""u8.ToArray(), contentType, encoding);

        await response.ProblemAsync(415, "unsupported_media_type");
    }

    [Theory]
    [InlineData("application/json;charset=UTF-8", null)]
    [InlineData("Application/JSON; charset=\"utf-8\"", "identity")]
    public async Task The_type_may_be_spelt_otherwise(string contentType, string? encoding)
    {
        using var response = await process.Client.PostBytesAsync(Http.Tasks, """{"task":"add","args":[1,2]}"""u8.ToArray(), contentType, encoding);

        Assert.Equal(202, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("60.1")]
    [InlineData("1e1")]
    [InlineData("1000000000")]
    [InlineData("NaN")]
    [InlineData("abc")]
    [InlineData("")]
    [InlineData("1&wait=2")]
    public async Task A_wait_that_is_no_number_of_seconds_is_refused(string wait)
    {
        using var submit = await process.Client.PostJsonAsync($"{Http.Tasks}?wait={wait}", """{"task":"add","args":[1,2],"id":"bad-wait"}""");
        using var read = await process.Client.ReadAsync($"{Http.Tasks}/bad-wait?wait={wait}");

        await submit.ProblemAsync(400, "invalid_request", "wait");
        await read.ProblemAsync(400, "invalid_request", "wait");
    }

    /// <summary>What one gets wrong first with curl is answered with how it is right.</summary>
    [Theory]
    [InlineData("POST", Http.Tasks, "application/x-www-form-urlencoded", "{}", 415, "Content-Type: application/json")]
    [InlineData("POST", "/tasks/add", "application/json", "{}", 415, "application/x-www-form-urlencoded")]
    [InlineData("PUT", Http.Tasks, "application/json", "{}", 405, "takes GET, POST, not PUT")]
    [InlineData("POST", Http.Tasks, "application/json", """{"task":"ad"}""", 422, "GET /api/v1/task-types")]
    [InlineData("POST", "/api/v1/bulk", "application/json", """{"action":"retry","state":"queued"}""", 422, "nothing to retry among queued tasks")]
    [InlineData("POST", "/api/v1/bulk", "application/json", """{"action":"move","queue":"default"}""", 422, "Say where to")]
    [InlineData("POST", "/api/v1/bulk/count", "application/json", """{"action":"purge"}""", 422, "Say which tasks")]
    [InlineData("GET", "/api/v1/queues?queue=mail", null, null, 400, "There is no parameter 'queue' here")]
    [InlineData("GET", Http.Tasks + "/none?wat=1", null, null, 400, "there are wait")]
    [InlineData("GET", Http.Tasks + "?tag=", null, null, 400, "'tag' is empty")]
    [InlineData("GET", Http.Tasks + "?since=2026-11-28", null, null, 400, "with its offset, or a Z")]
    [InlineData("POST", Http.Tasks + "/batch", "application/json", """{"task":"add"}""", 400, "an array of tasks")]
    [InlineData("POST", "/api/v1/bulk/count", "application/json", """{"action":"CANCEL","tag":""}""", 422, "A tag has 1 to 100 characters")]
    [InlineData("GET", Http.Tasks + "/none/log", null, null, 404, "never submitted")]
    public async Task A_mistake_is_answered_with_what_to_do(string method, string path, string? type, string? body, int status, string words)
    {
        using var request = new HttpRequestMessage(new(method), path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, type!) };
        using var response = await process.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(words, (await response.JsonAsync()).Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_whose_task_is_forgotten_is_told_by_its_name()
    {
        const string Submit = """{"task":"add","args":[1,2],"idempotencyKey":"forgotten key"}""";
        var id = (await process.Client.SubmitAsync(Submit)).Text("id");
        using (await process.Client.ReadAsync($"{Http.Tasks}/{id}?wait=60"))
        using (var forgotten = await process.Client.DeleteAsync($"{Http.Tasks}/{id}", TestContext.Current.CancellationToken))
        {
            Assert.True(forgotten.IsSuccessStatusCode);
        }

        using var again = await process.Client.PostJsonAsync(Http.Tasks, Submit);
        Assert.Contains("'forgotten key'", (await again.ProblemAsync(409, "task_exists", "idempotencyKey")).Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_submit_leaves_nothing_behind()
    {
        using var response = await process.Client.PostJsonAsync(Http.Tasks, """{"task":"add","args":{"x":1},"id":"refused-one"}""");
        using var read = await process.Client.ReadAsync($"{Http.Tasks}/refused-one");

        await response.ProblemAsync(422, "invalid_arguments", "args.y");
        await read.ProblemAsync(404, "task_not_found");
    }
}
