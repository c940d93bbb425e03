using System.Net;
using System.Text;
using System.Text.Json;
using Xunit;

namespace TaskGrid.Tests.Web;

public sealed class QueueTests(SingleProcess process)
{
    private const string Queues = "/api/v1/queues";

    [Fact]
    public async Task Settings_are_read_back_as_they_were_set_and_can_be_sent_again()
    {
        const string Settings =
            """
            {
              "defaults": {"maxAttempts": "forever", "backoff": {"kind": "linear", "delay": 2}, "timeLimit": 1.5},
              "limits": {"concurrency": 5, "rate": "100/m burst 20"}, "taskLimits": {"add": {"concurrency": 2}},
              "keyLimits": {"tenant:42": {"rate": "1/s"}}, "eachKeyLimits": {"concurrency": 1}, "fair": true
            }
            """;
        using var put = await PutAsync("settings", Settings);
        var settings = (await put.JsonAsync()).GetProperty("settings");
        using var again = await PutAsync("settings", settings.GetRawText());

        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Equal(1.5, settings.GetProperty("defaults").GetProperty("timeLimit").GetDouble());
        Assert.Equal("100/m burst 20", settings.GetProperty("limits").Text("rate"));
        Assert.Equal(settings.GetRawText(), (await again.JsonAsync()).GetProperty("settings").GetRawText());
        Assert.Contains("settings", (await (await process.Client.ReadAsync(Queues)).JsonAsync()).GetProperty("items").EnumerateArray().Select(q => q.Text("queue")));
    }

    [Theory]
    [InlineData("""{"limit":{}}""", 400, "unknown_field", "limit")]
    [InlineData("""{"limits":{"rate":"fast"}}""", 400, "invalid_request", "limits.rate")]
    [InlineData("""{"limits":{"concurrency":0}}""", 422, "invalid_option", "limits")]
    [InlineData("""{"taskLimits":{"add":{"pace":1}}}""", 400, "unknown_field", "taskLimits.add.pace")]
    [InlineData("""{"keyLimits":[]}""", 400, "invalid_request", "keyLimits")]
    [InlineData("""{"defaults":{"priority":10}}""", 422, "invalid_priority", "defaults.priority")]
    [InlineData("""{"defaults":{"queue":"x"}}""", 400, "unknown_field", "defaults.queue")]
    [InlineData("""{"fair":true,"ageingInterval":60}""", 422, "invalid_option", "ageingInterval")]
    public async Task Bad_settings_are_refused_with_their_place(string settings, int status, string code, string field)
    {
        using var response = await PutAsync("bad", settings);
        await response.ProblemAsync(status, code, field);
    }

    [Fact]
    public async Task A_paused_queue_keeps_its_tasks_until_it_is_resumed()
    {
        using var paused = await process.Client.PostAsync($"{Queues}/paused/pause", null, TestContext.Current.CancellationToken);
        var task = await process.Client.SubmitAsync("""{"task":"add","args":[1,2],"queue":"paused"}""");
        Assert.True((await paused.JsonAsync()).GetProperty("isPaused").GetBoolean());
        using var resumed = await process.Client.PostAsync($"{Queues}/paused/resume", null, TestContext.Current.CancellationToken);
        using var done = await process.Client.ReadAsync($"{Http.Tasks}/{task.Text("id")}?wait=60");
        Assert.Equal("Succeeded", (await done.JsonAsync()).Text("state"));
    }

    [Fact]
    public async Task A_waiting_task_is_changed_and_a_final_one_is_not()
    {
        var task = await process.Client.SubmitAsync("""{"task":"add","args":[1,2],"delay":3600}""");
        var address = $"{Http.Tasks}/{task.Text("id")}";
        using var changed = await process.Client.PatchAsync(address, Json("""{"queue":"changed","dueAt":"2001-01-01T00:00:00Z"}"""), TestContext.Current.CancellationToken);
        using var done = await process.Client.ReadAsync($"{address}?wait=60");
        using var late = await process.Client.PatchAsync(address, Json("""{"priority":1}"""), TestContext.Current.CancellationToken);
        using var retry = await process.Client.PostAsync($"{address}/retry", null, TestContext.Current.CancellationToken);
        using var forgotten = await process.Client.DeleteAsync(address, TestContext.Current.CancellationToken);
        using var gone = await process.Client.ReadAsync(address);

        Assert.Equal("changed", (await changed.JsonAsync()).Text("queue"));
        Assert.Equal("Succeeded", (await done.JsonAsync()).Text("state"));
        await late.ProblemAsync(409, "already_finished", null);
        await retry.ProblemAsync(409, "not_failed", null);
        Assert.Equal(HttpStatusCode.NoContent, forgotten.StatusCode);
        await gone.ProblemAsync(404, "task_not_found", null);
    }

    [Fact]
    public async Task Many_are_cancelled_by_tag()
    {
        for (var i = 0; i < 5; i++)
        {
            await process.Client.SubmitAsync("""{"task":"add","args":[1,2],"delay":3600,"tags":["to-be-cancelled"]}""");
        }

        using var counted = await process.Client.PostJsonAsync("/api/v1/bulk/count", """{"action":"cancel","tag":"to-be-cancelled"}""");
        Assert.Equal("""{"count":5,"isComplete":true}""", await counted.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var done = await ThroughAsync("""{"action":"cancel","tag":"to-be-cancelled"}""");
        Assert.Equal(5, done.GetProperty("done").GetInt32());
    }

    /// <summary>All of a filter at once; the answer says it as it was asked for.</summary>
    [Fact]
    public async Task Tasks_of_a_list_are_forgotten()
    {
        var started = TimeProvider.System.GetUtcNow().AddMinutes(-1).ToString("O");
        var parent = await process.Client.SubmitAsync("""{"task":"add","args":[1,2]}""");
        var task = await process.Client.SubmitAsync("""{"task":"echo","args":["to be forgotten"],"queue":"forgotten","tags":["old"]}""");
        using var final = await process.Client.ReadAsync($"{Http.Tasks}/{task.Text("id")}?wait=60");
        Assert.Equal("Succeeded", (await final.JsonAsync()).Text("state"));
        var body = $$"""{"action":"forget","state":"succeeded","queue":"forg*","task":"echo","tag":"old","text":"be FORGOTTEN","since":"{{started}}","until":"2099-01-01T00:00:00Z"}""";
        using var counted = await process.Client.PostJsonAsync("/api/v1/bulk/count", body);
        Assert.Equal(1, (await counted.JsonAsync()).GetProperty("count").GetInt32());
        var done = await ThroughAsync(body);
        Assert.Equal(1, done.GetProperty("done").GetInt32());
        Assert.Equal(("Forget", "Succeeded", "forg*", "be FORGOTTEN"), (Asked("action"), Asked("state"), Asked("queue"), Asked("text")));
        using var gone = await process.Client.ReadAsync($"{Http.Tasks}/{task.Text("id")}");
        await gone.ProblemAsync(404, "task_not_found", null);
        using var kept = await process.Client.ReadAsync($"{Http.Tasks}/{parent.Text("id")}");
        Assert.Equal(HttpStatusCode.OK, kept.StatusCode);

        string Asked(string member) => done.GetProperty("request").Text(member);
    }

    /// <summary>What waits for another attempt, and was on its worker for the last one.</summary>
    [Fact]
    public async Task Tasks_of_a_worker_are_cancelled()
    {
        var worker = (await (await process.Client.ReadAsync("/api/v1/workers")).JsonAsync()).GetProperty("items")[0].Text("worker");
        await process.Client.SubmitAsync("""{"task":"no_disk","id":"was-on-worker","queue":"left-by-worker","backoff":{"kind":"fixed","delay":3600,"jitter":false}}""");
        await UntilAsync("was-on-worker", "Retrying");
        Assert.Equal((0, 1), (await CountAsync($"{worker}0"), await CountAsync(worker)));
        var done = await ThroughAsync(Body(worker));
        Assert.Equal((1, worker), (done.GetProperty("done").GetInt32(), done.GetProperty("request").Text("worker")));
        await UntilAsync("was-on-worker", "Cancelled");

        static string Body(string of) => $$"""{"action":"cancel","state":"retrying","queue":"left-by-worker","worker":"{{of}}"}""";

        async Task<int> CountAsync(string of)
        {
            using var counted = await process.Client.PostJsonAsync("/api/v1/bulk/count", Body(of));
            return (await counted.JsonAsync()).GetProperty("count").GetInt32();
        }
    }

    [Theory]
    [InlineData("""{"tag":"t"}""", 400, "invalid_request", "action")]
    [InlineData("""{"action":"cancel"}""", 422, "invalid_option", "tag")]
    [InlineData("""{"action":"move","queue":"a"}""", 422, "invalid_option", "target")]
    [InlineData("""{"action":"erase","queue":"a"}""", 400, "invalid_request", "action")]
    [InlineData("""{"action":"retry","state":"running"}""", 422, "invalid_option", "state")]
    [InlineData("""{"action":"purge","state":"Running"}""", 422, "invalid_option", "state")]
    [InlineData("""{"action":"forget","state":"queued"}""", 422, "invalid_option", "state")]
    [InlineData("""{"action":"cancel","state":"done"}""", 400, "invalid_request", "state")]
    [InlineData("""{"action":"cancel","since":"2030-01-31"}""", 400, "invalid_request", "since")]
    [InlineData("""{"action":"forget","since":"2030-01-31T08:00:00Z","until":"2029-01-31T08:00:00Z"}""", 422, "invalid_option", "until")]
    [InlineData("""{"action":"cancel","text":""}""", 422, "invalid_option", "text")]
    [InlineData("""{"action":"forget","state":"failed","text":null}""", 400, "invalid_request", "text")]
    [InlineData("""{"action":"cancel","parent":"no id"}""", 400, "invalid_id", "parent")]
    [InlineData("""{"action":"cancel","worker":"a b"}""", 422, "invalid_option", "worker")]
    [InlineData("""{"action":"cancel","worker":7}""", 400, "invalid_request", "worker")]
    [InlineData("""{"action":"cancel","queue":"a*b"}""", 422, "invalid_queue", "queue")]
    [InlineData("""{"action":"cancel","queue":"a","target":"b"}""", 422, "invalid_option", "target")]
    public async Task A_bad_bulk_operation_is_refused(string body, int status, string code, string field)
    {
        foreach (var path in new[] { "/api/v1/bulk", "/api/v1/bulk/count" })
        {
            using var response = await process.Client.PostJsonAsync(path, body);
            await response.ProblemAsync(status, code, field);
        }
    }

    [Fact]
    public async Task A_worker_is_told_which_queues_to_serve()
    {
        var worker = (await (await process.Client.ReadAsync("/api/v1/workers")).JsonAsync()).GetProperty("items")[0];
        var address = $"/api/v1/workers/{Uri.EscapeDataString(worker.Text("worker"))}/queues";
        using var served = await process.Client.PutAsync(address, Json("""{"queues":["*"]}"""), TestContext.Current.CancellationToken);
        using var bad = await process.Client.PutAsync(address, Json("""{"queues":["a b"]}"""), TestContext.Current.CancellationToken);
        using var missing = await process.Client.PutAsync(address, Json("{}"), TestContext.Current.CancellationToken);
        using var unknown = await process.Client.PutAsync("/api/v1/workers/nobody/queues", Json("""{"queues":["*"]}"""), TestContext.Current.CancellationToken);

        Assert.True(worker.GetProperty("slots").GetInt32() >= 16);
        Assert.Equal(HttpStatusCode.NoContent, served.StatusCode);
        await bad.ProblemAsync(422, "invalid_queue", "queues");
        await missing.ProblemAsync(400, "invalid_request", "queues");
        await unknown.ProblemAsync(404, "not_found");
    }

    /// <summary>The only silo of this process: it goes on at once.</summary>
    [Fact]
    public async Task A_worker_says_what_it_runs_and_is_drained_and_resumed()
    {
        await process.Client.SubmitAsync("""{"task":"gate","args":["of-worker"],"id":"of-worker"}""");
        await Gate.Of("of-worker").Entered;
        var worker = (await (await process.Client.ReadAsync("/api/v1/workers")).JsonAsync()).GetProperty("items")[0];
        var address = $"/api/v1/workers/{Uri.EscapeDataString(worker.Text("worker"))}";
        var running = worker.GetProperty("tasks").EnumerateArray().Single(t => t.Text("id") == "of-worker");
        Gate.Of("of-worker").Open();
        Assert.Equal(("gate", "default", 1), (running.Text("task"), running.Text("queue"), running.GetProperty("attempt").GetInt32()));
        Assert.EndsWith($":{Environment.ProcessId}", worker.Text("process"), StringComparison.Ordinal);
        Assert.NotEmpty(worker.Text("version"));
        // Six seconds without one, and it would be dead.
        Assert.True(worker.GetProperty("heartbeatAt").GetDateTimeOffset() > running.GetProperty("startedAt").GetDateTimeOffset() - TimeSpan.FromSeconds(10));

        using var drained = await process.Client.PostAsync($"{address}/drain", null, TestContext.Current.CancellationToken);
        using var asDrained = await process.Client.ReadAsync(address);
        using var resumed = await process.Client.PostAsync($"{address}/resume", null, TestContext.Current.CancellationToken);
        using var asResumed = await process.Client.ReadAsync(address);
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (drained.StatusCode, resumed.StatusCode));
        Assert.Empty((await asDrained.JsonAsync()).GetProperty("queues").EnumerateArray());
        Assert.Equal(["*"], (await asResumed.JsonAsync()).GetProperty("queues").EnumerateArray().Select(q => q.GetString()));

        foreach (var (method, path) in new[] { (HttpMethod.Get, ""), (HttpMethod.Post, "/drain"), (HttpMethod.Post, "/resume") })
        {
            using var request = new HttpRequestMessage(method, $"/api/v1/workers/nobody{path}");
            using var unknown = await process.Client.SendAsync(request, TestContext.Current.CancellationToken);
            await unknown.ProblemAsync(404, "not_found");
        }
    }

    [Fact]
    public async Task A_queue_says_how_much_is_ready_and_for_how_long_it_has_waited()
    {
        using var pause = await process.Client.PostAsync($"{Queues}/standing/pause", null, TestContext.Current.CancellationToken);
        var first = await process.Client.SubmitAsync("""{"task":"add","args":[1,2],"queue":"standing"}""");
        await process.Client.SubmitAsync("""{"task":"add","args":[1,2],"queue":"standing","priority":9}""");
        await process.Client.SubmitAsync("""{"task":"add","args":[1,2],"queue":"standing","delay":3600}""");
        var queue = await (await process.Client.ReadAsync($"{Queues}/standing")).JsonAsync();
        Assert.Equal((2, 1, 0), (queue.GetProperty("ready").GetInt32(), queue.GetProperty("notDue").GetInt32(), queue.GetProperty("running").GetInt32()));
        Assert.Equal(first.GetProperty("createdAt").GetDateTimeOffset(), queue.GetProperty("oldestReadyAt").GetDateTimeOffset());
        var listed = (await (await process.Client.ReadAsync(Queues)).JsonAsync()).GetProperty("items").EnumerateArray().Single(q => q.Text("queue") == "standing");
        Assert.Equal(queue.GetProperty("ready").GetInt32(), listed.GetProperty("ready").GetInt32());
    }

    private async Task UntilAsync(string id, string state)
    {
        var now = "";
        for (var tries = 0; now != state && tries < 600; tries++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
            now = (await (await process.Client.ReadAsync($"{Http.Tasks}/{id}")).JsonAsync()).Text("state");
        }

        Assert.Equal(state, now);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private async Task<HttpResponseMessage> PutAsync(string queue, string settings) =>
        await process.Client.PutAsync($"{Queues}/{queue}", Json(settings), TestContext.Current.CancellationToken);

    private async Task<JsonElement> ThroughAsync(string body)
    {
        using var begun = await process.Client.PostJsonAsync("/api/v1/bulk", body);
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        var done = await begun.JsonAsync();
        for (var tries = 0; done.GetProperty("finishedAt").ValueKind == JsonValueKind.Null && tries < 600; tries++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
            done = await (await process.Client.ReadAsync(begun.Headers.Location!.OriginalString)).JsonAsync();
        }

        return done;
    }
}
