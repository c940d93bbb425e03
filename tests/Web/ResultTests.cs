using System.Net;
using System.Text.Json;
using Xunit;

namespace TaskGrid.Tests.Web;

public sealed class ResultTests(SingleProcess process)
{
    [Theory]
    [InlineData("""{"task":"add","args":[2,3]}""", "5")]
    [InlineData("""{"task":"echo","args":["snow \u2603"]}""", "\"snow \u2603\"")]
    [InlineData("""{"task":"gate","args":["open-already"]}""", "null")]
    public async Task A_result_alone_is_what_the_handler_returned(string submit, string result)
    {
        Gate.Of("open-already").Open();
        var id = (await process.Client.SubmitAsync(submit)).Text("id");
        using var response = await process.Client.ReadAsync($"{Http.Tasks}/{id}/result?wait=60");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(JsonSerializer.Deserialize<JsonElement>(result).ToString(), (await response.JsonAsync()).ToString());
    }

    [Fact]
    public async Task A_task_without_result_says_why()
    {
        await process.Client.SubmitAsync("""{"task":"add","args":[1,2],"id":"no-result-yet","delay":3600}""");
        using (var early = await process.Client.ReadAsync($"{Http.Tasks}/no-result-yet/result"))
        {
            await early.ProblemAsync(409, "not_finished");
            Assert.Equal(TimeSpan.FromSeconds(1), early.Headers.RetryAfter?.Delta);
        }

        using var cancel = await process.Client.PostAsync($"{Http.Tasks}/no-result-yet/cancel", null, TestContext.Current.CancellationToken);
        using var cancelled = await process.Client.ReadAsync($"{Http.Tasks}/no-result-yet/result");
        await cancelled.ProblemAsync(409, "task_cancelled");

        var failing = (await process.Client.SubmitAsync("""{"task":"no_disk","maxAttempts":1}""")).Text("id");
        using var failed = await process.Client.ReadAsync($"{Http.Tasks}/{failing}/result?wait=60");
        var error = (await failed.ProblemAsync(409, "task_failed")).GetProperty("error");
        Assert.Equal(("System.IO.IOException", "no disk"), (error.Text("type"), error.Text("message")));

        using var unknown = await process.Client.ReadAsync($"{Http.Tasks}/never-submitted/result");
        await unknown.ProblemAsync(404, "task_not_found");
    }

    [Fact]
    public async Task Attempts_are_those_that_failed_and_the_last()
    {
        var failing = (await process.Client.SubmitAsync("""{"task":"no_disk","maxAttempts":3,"backoff":{"kind":"fixed","delay":0.01}}""")).Text("id");
        using var over = await process.Client.ReadAsync($"{Http.Tasks}/{failing}?wait=60");
        var attempts = await AttemptsAsync(failing);
        Assert.Equal([(1, "failed"), (2, "failed"), (3, "failed")], attempts.Select(a => (a.GetProperty("number").GetInt32(), a.Text("outcome"))));
        Assert.All(attempts, a => Assert.Equal("no disk", a.GetProperty("error").Text("message")));
        Assert.All(attempts, a => Assert.True(a.GetProperty("startedAt").GetDateTimeOffset() <= a.GetProperty("finishedAt").GetDateTimeOffset().AddSeconds(1)));

        await process.Client.SubmitAsync("""{"task":"gate","args":["attempted"],"id":"attempted"}""");
        await Gate.Of("attempted").Entered;
        var running = Assert.Single(await AttemptsAsync("attempted"));
        Assert.Equal((1, "running", JsonValueKind.Null), (running.GetProperty("number").GetInt32(), running.Text("outcome"), running.GetProperty("finishedAt").ValueKind));

        Gate.Of("attempted").Open();
        using var done = await process.Client.ReadAsync($"{Http.Tasks}/attempted?wait=60");
        Assert.Equal("succeeded", Assert.Single(await AttemptsAsync("attempted")).Text("outcome"));

        using var unknown = await process.Client.ReadAsync($"{Http.Tasks}/never-submitted/attempts");
        await unknown.ProblemAsync(404, "task_not_found");
    }

    private async Task<JsonElement[]> AttemptsAsync(string id)
    {
        using var response = await process.Client.ReadAsync($"{Http.Tasks}/{id}/attempts");
        return [.. (await response.JsonAsync()).GetProperty("items").EnumerateArray()];
    }
}
