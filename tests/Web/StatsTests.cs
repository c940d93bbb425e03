using System.Text.Json;
using Xunit;

namespace TaskGrid.Tests.Web;

public sealed class StatsTests(SingleProcess process)
{
    private const string Stats = "/api/v1/stats";

    [Fact]
    public async Task What_happens_is_counted_once()
    {
        var before = await ReadAsync(Stats);
        var id = (await process.Client.SubmitAsync("""{"task":"add","args":[1,2]}""")).Text("id");
        using var done = await process.Client.ReadAsync($"{Http.Tasks}/{id}?wait=60");
        var after = await ReadAsync(Stats);

        foreach (var name in new[] { "accepted", "succeeded" })
        {
            Assert.True(after.GetProperty("total").GetProperty(name).GetInt64() > before.GetProperty("total").GetProperty(name).GetInt64());
        }

        var history = after.GetProperty("history").EnumerateArray().ToList();
        Assert.Equal((360, 10.0), (history.Count, after.GetProperty("slotLength").GetDouble()));
        // Other tests go on beside this one; nothing of this run is an hour old.
        var inHistory = history.Sum(s => s.GetProperty("happenings").GetProperty("accepted").GetInt64());
        Assert.True(inHistory >= before.GetProperty("total").GetProperty("accepted").GetInt64() + 1);
        Assert.Equal(history.Select(s => s.GetProperty("at").GetDateTimeOffset()).Order(), history.Select(s => s.GetProperty("at").GetDateTimeOffset()));
    }

    /// <summary>In seconds, as spans are everywhere.</summary>
    [Fact]
    public async Task Attempts_are_measured_in_the_slot_that_they_end_in()
    {
        var id = (await process.Client.SubmitAsync("""{"task":"add","args":[1,2]}""")).Text("id");
        using var done = await process.Client.ReadAsync($"{Http.Tasks}/{id}?wait=60");
        var (measured, without) = (0, 0);
        foreach (var slot in (await ReadAsync(Stats)).GetProperty("history").EnumerateArray())
        {
            var (wait, run) = (slot.GetProperty("wait"), slot.GetProperty("run"));
            Assert.Equal(wait.ValueKind, run.ValueKind);
            if (wait.ValueKind == JsonValueKind.Null)
            {
                without++;
                continue;
            }

            measured++;
            Assert.Equal(wait.GetProperty("count").GetInt64(), run.GetProperty("count").GetInt64());
            Assert.All(new[] { wait, run }, latency => Assert.InRange(latency.GetProperty("p50").GetDouble(), 0, latency.GetProperty("p95").GetDouble()));
        }

        // No attempt of this run is an hour long, and most slots lie before it.
        Assert.True(measured > 0 && without > 0, $"{measured} slots have a latency, {without} have none.");
    }

    [Fact]
    public async Task What_is_not_due_is_scheduled()
    {
        var id = (await process.Client.SubmitAsync("""{"task":"add","args":[1,2],"delay":3600}""")).Text("id");
        var stats = await ReadAsync(Stats);
        Assert.True(stats.GetProperty("scheduled").GetInt64() >= 1);
        Assert.Equal(JsonValueKind.Number, stats.GetProperty("queued").ValueKind);
        using var cancelled = await process.Client.PostAsync($"{Http.Tasks}/{id}/cancel", null, TestContext.Current.CancellationToken);
        Assert.True(cancelled.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Failures_are_grouped_by_task_and_type()
    {
        for (var i = 0; i < 2; i++)
        {
            var id = (await process.Client.SubmitAsync($$"""{"task":"no_disk","maxAttempts":1,"id":"grouped-{{i}}"}""")).Text("id");
            using var failed = await process.Client.ReadAsync($"{Http.Tasks}/{id}?wait=60");
        }

        var group = (await ReadAsync($"{Stats}/errors?limit=1000")).GetProperty("items").EnumerateArray()
            .Single(g => g.Text("task") == "no_disk" && g.Text("type") == "System.IO.IOException");
        Assert.True(group.GetProperty("count").GetInt64() >= 2);
        Assert.NotEmpty(group.Text("lastTaskId"));
    }

    [Theory]
    [InlineData("limit=0", "invalid_request", "limit")]
    [InlineData("limit=1001", "invalid_request", "limit")]
    [InlineData("since=1", "unknown_field", "since")]
    public async Task A_bad_query_is_refused(string query, string code, string field)
    {
        using var response = await process.Client.ReadAsync($"{Stats}/errors?{query}");
        await response.ProblemAsync(400, code, field);
    }

    [Fact]
    public async Task A_task_type_says_what_it_takes_and_returns()
    {
        var type = await ReadAsync("/api/v1/task-types/add");
        var schema = type.GetProperty("argsSchema");
        Assert.Equal(("default", 1), (type.Text("queue"), type.GetProperty("silos").GetInt32()));
        Assert.Equal("object", schema.Text("type"));
        Assert.Equal(["x", "y"], schema.GetProperty("properties").EnumerateObject().Select(p => p.Name));
        Assert.Equal("integer", schema.GetProperty("properties").GetProperty("x").Text("type"));
        Assert.Equal(["x", "y"], schema.GetProperty("required").EnumerateArray().Select(r => r.GetString()));
        Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
        Assert.Equal("integer", type.GetProperty("resultSchema").Text("type"));

        var all = (await ReadAsync("/api/v1/task-types")).GetProperty("items").EnumerateArray().Select(t => t.Text("task")).ToList();
        Assert.Equal(all.Order(StringComparer.Ordinal), all);
        Assert.Contains("send_email", all);
        using var unknown = await process.Client.ReadAsync("/api/v1/task-types/nobody-runs-it");
        await unknown.ProblemAsync(404, "not_found");
    }

    private async Task<JsonElement> ReadAsync(string path)
    {
        using var response = await process.Client.ReadAsync(path);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await response.JsonAsync();
    }
}
