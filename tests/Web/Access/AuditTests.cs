using System.Text.Json;
using Xunit;

namespace TaskGrid.Tests.Web.Access;

public sealed class AuditTests(ClosedProcess process)
{
    [Fact]
    public async Task What_is_done_by_hand_is_written_down_with_who_did_it_and_what_came_of_it()
    {
        var (key, id) = await process.KeyAsync("""{"name":"night watch","roles":["operate","submit"]}""");
        using var client = process.ClientOf(key);
        await client.SubmitAsync("""{"task":"add","args":[1,2],"id":"audited","delay":3600}""");
        using var cancel = await client.PostAsync($"{Http.Tasks}/audited/cancel", null, TestContext.Current.CancellationToken);
        using var unknown = await client.PostAsync($"{Http.Tasks}/never-submitted/cancel", null, TestContext.Current.CancellationToken);
        using var read = await client.ReadAsync($"{Http.Tasks}/audited");
        using var mayNot = await client.DeleteAsync($"/api/v1/keys/{id}", TestContext.Current.CancellationToken);
        await mayNot.ProblemAsync(403, "forbidden");

        var mine = (await AllAsync()).Where(e => e.GetProperty("key").GetString() == id).Reverse().ToArray();
        Assert.Equal(
            [("CancelTask", $"POST {Http.Tasks}/audited/cancel", 200), ("CancelTask", $"POST {Http.Tasks}/never-submitted/cancel", 404)],
            mine.Select(e => (e.Text("action"), e.Text("target"), e.GetProperty("status").GetInt32())));
        Assert.All(mine, e => Assert.Equal(("night watch", "127.0.0.1"), (e.Text("who"), e.Text("from"))));
        Assert.All(mine, e => Assert.True(TimeProvider.System.GetUtcNow() - e.GetProperty("at").GetDateTimeOffset() < TimeSpan.FromMinutes(1)));
        Assert.Contains(await AllAsync(), e => e.Text("who") == "admin" && e.Text("action") == "CreateKey" && e.GetProperty("status").GetInt32() == 201);
    }

    [Fact]
    public async Task What_was_asked_for_is_written_down_with_it()
    {
        const string Body = """{"action":"cancel","queue":"to-be-cancelled"}""";
        using var bulk = await process.Admin.PostJsonAsync("/api/v1/bulk", Body);
        using var large = await process.Admin.PostJsonAsync("/api/v1/bulk", $$"""{"action":"cancel","tag":"{{new string('x', 5000)}}"}""");
        Assert.Equal(202, (int)bulk.StatusCode);
        await large.ProblemAsync(422, "invalid_option", "tag");

        var details = (await AllAsync()).Where(e => e.Text("action") == "BeginBulk").Select(e => e.GetProperty("details").GetString()!).ToList();
        Assert.Contains(Body, details);
        Assert.Contains(details, d => d.Length == 1000 && d.StartsWith("""{"action":"cancel","tag":"xxx""", StringComparison.Ordinal));
    }

    /// <summary>The status is that of the answer, also where an exception is answered for.</summary>
    [Fact]
    public async Task What_fails_and_who_signs_in_have_the_status_that_was_answered()
    {
        using var away = await process.Admin.PostAsync("/unavailable", null, TestContext.Current.CancellationToken);
        await away.ProblemAsync(503, "grid_unavailable");
        using var form = new FormUrlEncodedContent([new("key", ClosedProcess.AdminKey)]);
        using var enter = await process.ClientOf(null).PostAsync("/signin", form, TestContext.Current.CancellationToken);

        var all = await AllAsync();
        Assert.Equal(503, all.First(e => e.Text("action") == "Unavailable").GetProperty("status").GetInt32());
        Assert.Contains(all, e => e.Text("action") == "SignIn" && e.GetProperty("status") is { ValueKind: JsonValueKind.Number } status && status.GetInt32() == 302);
    }

    [Fact]
    public async Task It_comes_in_pages_that_neither_miss_nor_repeat_anything()
    {
        for (var i = 0; i < 7; i++)
        {
            using var pause = await process.Admin.PostAsync($"/api/v1/queues/paged-{i}/pause", null, TestContext.Current.CancellationToken);
        }

        var seen = (await AllAsync(limit: 3)).Select(e => e.Text("target")).Where(t => t.Contains("/paged-", StringComparison.Ordinal));
        Assert.Equal(Enumerable.Range(0, 7).Reverse().Select(i => $"POST /api/v1/queues/paged-{i}/pause"), seen);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("limit=1&limit=2", "limit")]
    [InlineData("cursor=garbage", "cursor")]
    [InlineData("cursor=99999999999999999999", "cursor")]
    public async Task A_page_that_can_be_none_is_refused(string query, string field)
    {
        using var response = await process.Admin.ReadAsync($"/api/v1/audit?{query}");
        await response.ProblemAsync(400, "invalid_request", field);
    }

    private async Task<List<JsonElement>> AllAsync(int limit = 200)
    {
        var (all, cursor) = (new List<JsonElement>(), "");
        for (var pages = 0; pages < 1000; pages++)
        {
            using var response = await process.Admin.ReadAsync($"/api/v1/audit?limit={limit}{cursor}");
            var page = await response.JsonAsync();
            all.AddRange(page.GetProperty("items").EnumerateArray());
            if (page.GetProperty("next").ValueKind == JsonValueKind.Null)
            {
                return all;
            }

            cursor = $"&cursor={page.Text("next")}";
        }

        throw new InvalidOperationException("There is no last page.");
    }
}
