using System.Net;
using System.Text;
using Xunit;

namespace TaskGrid.Tests.Web.Access;

/// <summary>Keys that are limited to some queues or tasks.</summary>
public sealed class ScopeTests(ClosedProcess process)
{
    [Fact]
    public async Task A_key_for_some_queues_reaches_their_tasks_and_no_others()
    {
        var (key, _) = await process.KeyAsync("""{"name":"mail","roles":["submit","operate"],"queues":["mail","report-*"]}""");
        using var client = process.ClientOf(key);
        await process.Admin.SubmitAsync("""{"task":"add","args":[1,2],"id":"of-others","delay":3600,"queue":"secret"}""");

        await AllowedAsync(client, "POST", Http.Tasks, """{"task":"add","args":[1,2],"id":"of-mail","delay":3600,"queue":"mail"}""");
        await AllowedAsync(client, "POST", Http.Tasks, """{"task":"add","args":[1,2],"id":"of-report","delay":3600,"queue":"report-eu"}""");
        await RefusedAsync(client, "POST", Http.Tasks, """{"task":"add","args":[1,2],"queue":"secret"}""", "queue");
        // Which queue it would go to only silos know.
        await RefusedAsync(client, "POST", Http.Tasks, """{"task":"add","args":[1,2]}""", "queue");

        foreach (var part in new[] { "", "/result", "/attempts", "/log" })
        {
            await RefusedAsync(client, "GET", $"{Http.Tasks}/of-others{part}", null, "queue");
        }

        foreach (var (method, part) in new[] { ("POST", "/cancel"), ("POST", "/retry"), ("DELETE", "") })
        {
            await RefusedAsync(client, method, $"{Http.Tasks}/of-others{part}", null, "queue");
        }

        await RefusedAsync(client, "PATCH", $"{Http.Tasks}/of-others", """{"priority":1}""", "queue");
        await RefusedAsync(client, "PATCH", $"{Http.Tasks}/of-mail", """{"queue":"secret"}""", "queue");
        await AllowedAsync(client, "PATCH", $"{Http.Tasks}/of-mail", """{"queue":"report-eu"}""");
        await AllowedAsync(client, "GET", $"{Http.Tasks}/of-mail", null);
        await AllowedAsync(client, "POST", $"{Http.Tasks}/of-mail/cancel", null);

        using (var list = await client.ReadAsync($"{Http.Tasks}?limit=200"))
        {
            var queuesSeen = (await list.JsonAsync()).GetProperty("items").EnumerateArray().Select(i => i.Text("queue")).Distinct().ToList();
            // Both lie there by now.
            Assert.Equal(["report-eu"], queuesSeen);
        }

        await RefusedAsync(client, "GET", "/api/v1/queues/secret", null, "queue");
        await RefusedAsync(client, "POST", "/api/v1/queues/secret/pause", null, "queue");
        await RefusedAsync(client, "PUT", "/api/v1/queues/secret", "{}", "queue");
        await AllowedAsync(client, "POST", "/api/v1/queues/mail/pause", null);
        await AllowedAsync(client, "POST", "/api/v1/queues/mail/resume", null);
        using var queues = await client.ReadAsync("/api/v1/queues");
        Assert.DoesNotContain("secret", await queues.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        await RefusedAsync(client, "POST", "/api/v1/bulk", """{"action":"cancel","queue":"secret"}""", "queue");
        await RefusedAsync(client, "POST", "/api/v1/bulk", """{"action":"cancel","task":"add"}""", "queue");
        await RefusedAsync(client, "POST", "/api/v1/bulk", """{"action":"cancel","tag":"any"}""", "queue");
        await RefusedAsync(client, "POST", "/api/v1/bulk", """{"action":"forget","queue":"*","state":"failed"}""", "queue");
        await RefusedAsync(client, "POST", "/api/v1/bulk", """{"action":"cancel","queue":"mai*","text":"x"}""", "queue");
        await AllowedAsync(client, "POST", "/api/v1/bulk", """{"action":"cancel","queue":"report-e*","tag":"any"}""");
        await AllowedAsync(client, "POST", "/api/v1/bulk/count", """{"action":"retry","queue":"mail","state":"failed"}""");
        using (var own = await client.PostJsonAsync("/api/v1/bulk", """{"action":"purge","queue":"mail"}"""))
        using (var others = await process.Admin.PostJsonAsync("/api/v1/bulk", """{"action":"purge","queue":"secret"}"""))
        {
            await AllowedAsync(client, "GET", own.Headers.Location!.OriginalString, null);
            await RefusedAsync(client, "GET", others.Headers.Location!.OriginalString, null, "queue");
        }

        await RefusedAsync(client, "POST", "/api/v1/bulk", """{"action":"move","queue":"mail","target":"secret"}""", "queue");
        await AllowedAsync(client, "POST", "/api/v1/bulk", """{"action":"cancel","queue":"report-eu"}""");
        await RefusedAsync(client, "GET", "/api/v1/workers", null, null);
        await RefusedAsync(client, "GET", "/metrics", null, null);
        await RefusedAsync(client, "GET", "/dev/mail", null, null);
        await RefusedAsync(client, "GET", "/api/v1/health", null, null);
        await RefusedAsync(client, "POST", Http.Tasks, """{"task":"add","args":[1,2],"queue":"mail","deduplication":{"key":"any","mode":"unique"}}""", "deduplication");
        await RefusedAsync(client, "PUT", "/api/v1/workers/any/queues", """{"queues":[]}""", null);
        await RefusedAsync(client, "POST", "/tasks/block", null, null);
    }

    [Fact]
    public async Task A_key_for_some_tasks_hands_in_those_and_leaves_queues_alone()
    {
        var (key, _) = await process.KeyAsync("""{"name":"adder","roles":["submit","operate"],"tasks":["add"]}""");
        using var client = process.ClientOf(key);

        await AllowedAsync(client, "POST", Http.Tasks, """{"task":"add","args":[1,2]}""");
        await RefusedAsync(client, "POST", Http.Tasks, """{"task":"echo","args":["x"]}""", "task");
        await AllowedAsync(client, "GET", "/api/v1/queues/default", null);
        await RefusedAsync(client, "POST", "/api/v1/queues/default/pause", null, null);
        await RefusedAsync(client, "POST", "/api/v1/bulk", """{"action":"cancel","queue":"default"}""", "task");

        using var batch = await client.PostJsonAsync($"{Http.Tasks}/batch", """[{"task":"add","args":[1,2]},{"task":"echo","args":["x"]},{"task":"add","args":[3,4]}]""");
        var items = (await batch.JsonAsync()).GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal([202, 403, 202], items.Select(i => i.GetProperty("status").GetInt32()));
        Assert.Equal("forbidden", items[1].GetProperty("error").Text("code"));
        Assert.Equal("[3,4]", items[2].GetProperty("task").GetProperty("args").GetRawText());
    }

    /// <summary>A deduplication key, or an id with the same content, is answered with a task that somebody else may have handed in.</summary>
    [Fact]
    public async Task Who_may_only_hand_in_learns_nothing_of_what_was_there_already()
    {
        var (key, _) = await process.KeyAsync("""{"name":"only in","roles":["submit"]}""");
        using var client = process.ClientOf(key);
        await process.Admin.SubmitAsync("""{"task":"echo","args":["secret"],"delay":3600,"deduplication":{"key":"customer-7","mode":"unique"}}""");

        const string Own = """{"task":"echo","args":["guess"],"deduplication":{"key":"customer-7","mode":"unique"}}""";
        foreach (var (path, body) in new[] { (Http.Tasks, Own), ($"{Http.Tasks}?wait=0.1", Own), ($"{Http.Tasks}/batch", $"[{Own}]") })
        {
            using var response = await client.PostJsonAsync(path, body);
            Assert.True(response.IsSuccessStatusCode);
            Assert.DoesNotContain("secret", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        // Under a key of its own it is its own; where a task is in its life is no secret.
        foreach (var (path, again) in new[] { (Http.Tasks, false), ($"{Http.Tasks}?wait=60", true), ($"{Http.Tasks}?wait=60", true) })
        {
            using var mine = await client.PostJsonAsync(path, """{"task":"echo","args":["mine"],"idempotencyKey":"mine"}""");
            Assert.Equal(again ? "mine" : null, (await mine.JsonAsync()).GetProperty("result").GetString());
        }

        using var seen = await client.PostJsonAsync($"{Http.Tasks}?wait=0.1", Own);
        var other = await seen.JsonAsync();
        Assert.Equal((5, 3, "Scheduled"), (other.GetProperty("priority").GetInt32(), other.GetProperty("maxAttempts").GetInt32(), other.Text("state")));
    }

    /// <summary>What one calls its order 7 is not what another does; and a key that takes another's place is no other caller.</summary>
    [Fact]
    public async Task An_idempotency_key_is_that_of_whoever_sends_it()
    {
        var ((one, oneId), (two, _)) = (await process.KeyAsync("""{"name":"one","roles":["submit","read"]}"""), await process.KeyAsync("""{"name":"two","roles":["submit","read"]}"""));
        using var rotation = await process.Admin.PostJsonAsync($"/api/v1/keys/{oneId}/rotate", "{}");
        using var again = await process.Admin.PostJsonAsync($"/api/v1/keys/{(await rotation.JsonAsync()).GetProperty("info").Text("id")}/rotate", "{}");

        var ids = new List<string>();
        foreach (var key in new[] { one, (await rotation.JsonAsync()).Text("key"), (await again.JsonAsync()).Text("key"), two })
        {
            using var client = process.ClientOf(key);
            using var single = await client.PostJsonAsync(Http.Tasks, """{"task":"add","args":[7,7],"idempotencyKey":"order-7"}""");
            using var batch = await client.PostJsonAsync($"{Http.Tasks}/batch", """[{"task":"add","args":[7,7],"idempotencyKey":"order-7"}]""");
            var id = (await single.JsonAsync()).Text("id");
            Assert.Equal(id, (await batch.JsonAsync()).GetProperty("items")[0].GetProperty("task").Text("id"));
            ids.Add(id);
        }

        Assert.Equal((ids[0], ids[0]), (ids[1], ids[2]));
        Assert.NotEqual(ids[0], ids[3]);
    }

    private static async Task AllowedAsync(HttpClient client, string method, string path, string? json)
    {
        using var response = await SendAsync(client, method, path, json);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {response.StatusCode} {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
    }

    private static async Task RefusedAsync(HttpClient client, string method, string path, string? json, string? field)
    {
        using var response = await SendAsync(client, method, path, json);
        await response.ProblemAsync((int)HttpStatusCode.Forbidden, "forbidden", field);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string path, string? json)
    {
        using var request = new HttpRequestMessage(new(method), path);
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
