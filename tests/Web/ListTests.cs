using System.Text.Json;
using Xunit;

namespace TaskGrid.Tests.Web;

public sealed class ListTests(SingleProcess process)
{
    [Fact]
    public async Task All_pages_together_have_every_task_once_the_newest_first()
    {
        for (var i = 0; i < 7; i++)
        {
            await process.Client.SubmitAsync($$"""{"task":"add","args":[1,2],"id":"page-{{i}}","queue":"paged","delay":3600}""");
        }

        var (ids, cursor, pages) = (new List<string>(), "", 0);
        do
        {
            var page = await ListAsync($"?queue=paged&limit=3{cursor}");
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.Text("id")));
            cursor = page.GetProperty("next").GetString() is { } next ? $"&cursor={next}" : "";
            pages++;
        }
        while (cursor.Length > 0 && pages < 1000);

        Assert.Equal(Enumerable.Range(0, 7).Reverse().Select(i => $"page-{i}"), ids);
    }

    [Fact]
    public async Task An_item_is_a_snapshot_without_what_can_be_large()
    {
        await process.Client.SubmitAsync("""{"task":"no_disk","maxAttempts":1,"id":"listed-failure","queue":"listed","tags":["odd-one","b"],"concurrencyKey":"k"}""");
        using var failed = await process.Client.ReadAsync($"{Http.Tasks}/listed-failure?wait=60");
        var snapshot = await failed.JsonAsync();

        var item = Assert.Single((await ListAsync("?queue=listed&state=failed")).GetProperty("items").EnumerateArray());
        foreach (var name in new[] { "id", "task", "queue", "priority", "state", "version", "attempt", "maxAttempts", "createdAt", "dueAt", "startedAt", "finishedAt", "worker", "reason", "tags", "concurrencyKey", "parentId" })
        {
            Assert.Equal(snapshot.GetProperty(name).ToString(), item.GetProperty(name).ToString());
        }

        Assert.Equal("no disk", item.GetProperty("error").Text("message"));
        Assert.Equal(JsonValueKind.Null, item.GetProperty("error").GetProperty("stack").ValueKind);
        Assert.False(item.TryGetProperty("args", out _));
        Assert.False(item.TryGetProperty("result", out _));
    }

    [Theory]
    [InlineData("state=Scheduled", true)]
    [InlineData("state=scheduled&task=add", true)]
    [InlineData("state=Queued", false)]
    [InlineData("queue=filtered", true)]
    [InlineData("queue=filter*&task=a*", true)]
    [InlineData("queue=filter", false)]
    [InlineData("tag=needle", true)]
    [InlineData("tag=need", false)]
    [InlineData("worker=*", false)]
    [InlineData("text=HAYSTACK-7", true)]
    [InlineData("text=haystack-8", false)]
    [InlineData("until=2001-01-01T00:00:00Z", false)]
    [InlineData("since=2001-01-01T00:00:00%2B02:00", true)]
    [InlineData("tag=needle&cursor=", true)]
    public async Task A_filter_has_what_fits(string filter, bool fits)
    {
        await process.Client.SubmitAsync("""{"task":"add","args":[1,2],"id":"filtered-1","queue":"filtered","delay":36000,"tags":["needle"],"headers":{"x":"haystack-7"}}""");
        var found = false;
        for (var (cursor, pages) = ("", 0); cursor is not null && pages < 100; pages++)
        {
            var page = await ListAsync($"?{filter}&limit=200{cursor}");
            found |= page.GetProperty("items").EnumerateArray().Any(i => i.Text("id") == "filtered-1");
            cursor = page.GetProperty("next").GetString() is { } next ? $"&cursor={next}" : null;
        }

        Assert.Equal(fits, found);
    }

    [Fact]
    public async Task A_worker_has_what_it_runs_and_what_it_ran_last()
    {
        var ended = await process.Client.SubmitAsync("""{"task":"add","args":[1,2],"queue":"of-one-worker"}""");
        using var done = await process.Client.ReadAsync($"{Http.Tasks}/{ended.Text("id")}?wait=60");
        var worker = (await done.JsonAsync()).Text("worker");
        await process.Client.SubmitAsync("""{"task":"gate","args":["listed-by-worker"],"id":"listed-by-worker","queue":"of-one-worker"}""");
        await Gate.Of("listed-by-worker").Entered;
        await process.Client.SubmitAsync("""{"task":"add","args":[1,2],"queue":"of-one-worker","delay":3600}""");
        var (all, running) = (await IdsAsync(worker), await IdsAsync(worker, "&state=running"));
        var (alike, others) = (await IdsAsync($"{worker[..5]}*"), await IdsAsync($"{worker}0"));
        Gate.Of("listed-by-worker").Open();

        Assert.Equal(["listed-by-worker", ended.Text("id")], all);
        Assert.Equal(["listed-by-worker"], running);
        Assert.Equal(all, alike);
        Assert.Empty(others);

        async Task<string[]> IdsAsync(string name, string more = "") =>
            [.. (await ListAsync($"?queue=of-one-worker&worker={Uri.EscapeDataString(name)}{more}&limit=200")).GetProperty("items").EnumerateArray().Select(i => i.Text("id"))];
    }

    [Theory]
    [InlineData("state=done", 400, "invalid_request", "state")]
    [InlineData("stat=Failed", 400, "unknown_field", "stat")]
    [InlineData("state=Failed&state=Queued", 400, "invalid_request", "state")]
    [InlineData("limit=0", 400, "invalid_request", "limit")]
    [InlineData("limit=201", 400, "invalid_request", "limit")]
    [InlineData("limit=ten", 400, "invalid_request", "limit")]
    [InlineData("since=yesterday", 400, "invalid_request", "since")]
    [InlineData("until=2030-01-31", 400, "invalid_request", "until")]
    [InlineData("since=2030-01-31T00:00:00Z&until=2029-01-31T00:00:00Z", 422, "invalid_option", "until")]
    [InlineData("cursor=1", 422, "invalid_option", "cursor")]
    [InlineData("cursor=99999999999999999999.1", 422, "invalid_option", "cursor")]
    [InlineData("queue=a%20b", 422, "invalid_queue", "queue")]
    [InlineData("queue=a*b", 422, "invalid_queue", "queue")]
    [InlineData("task=a%0Ab", 400, "invalid_task_name", "task")]
    [InlineData("tag=a,b", 422, "invalid_option", "tag")]
    [InlineData("worker=", 400, "invalid_request", "worker")]
    [InlineData("worker=a%20b", 422, "invalid_option", "worker")]
    [InlineData("worker=a*b", 422, "invalid_option", "worker")]
    [InlineData("worker=a%00", 422, "invalid_option", "worker")]
    [InlineData("text=%00", 422, "invalid_option", "text")]
    public async Task What_cannot_be_read_is_refused(string query, int status, string code, string field)
    {
        using var response = await process.Client.ReadAsync($"{Http.Tasks}?{query}");
        await response.ProblemAsync(status, code, field);
    }

    /// <summary>A cursor is a place, not a promise: any that can be read is answered.</summary>
    [Theory]
    [InlineData("cursor=0.0")]
    [InlineData("cursor=9999999999999999.9999999999999999&state=Failed")]
    [InlineData("cursor=9999999999999999.0&state=Scheduled")]
    [InlineData("cursor=0.0&state=Running")]
    [InlineData("cursor=0.9&state=Succeeded")]
    public async Task A_cursor_of_nowhere_leads_to_the_end_or_the_beginning(string query)
    {
        var page = await ListAsync($"?{query}");
        Assert.Equal(JsonValueKind.Array, page.GetProperty("items").ValueKind);
    }

    private async Task<JsonElement> ListAsync(string query)
    {
        using var response = await process.Client.ReadAsync($"{Http.Tasks}{query}");
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await response.JsonAsync();
    }
}
