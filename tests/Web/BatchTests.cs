using System.Net;
using System.Text.Json;
using Xunit;

namespace TaskGrid.Tests.Web;

public sealed class BatchTests(SingleProcess process)
{
    private const string Batch = $"{Http.Tasks}/batch";

    private const string Submits = """
        {"task":"add","args":[1,2]},
        {"task":"add","args":[1,2],"priority":"high"},
        {"task":"nobody_knows_it"},
        {"task":"add","args":[3,4],"surprise":1},
        7,
        {"task":"add","args":[3,4]}
        """;

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"tasks\":[", "]}")]
    public async Task Each_submit_is_accepted_or_refused_by_itself(string before, string after)
    {
        using var response = await process.Client.PostJsonAsync(Batch, before + Submits + after);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var items = (await response.JsonAsync()).GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal([202, 400, 422, 400, 400, 202], items.Select(i => i.GetProperty("status").GetInt32()));
        Assert.Equal(
            [null, "invalid_request", "unknown_task", "unknown_field", "invalid_request", null],
            items.Select(i => i.GetProperty("error") is { ValueKind: JsonValueKind.Object } error ? error.Text("code") : null));
        Assert.Equal("surprise", items[3].GetProperty("error").Text("field"));
        Assert.Equal("[3,4]", items[5].GetProperty("task").GetProperty("args").GetRawText());
        using var read = await process.Client.ReadAsync($"{Http.Tasks}/{items[5].GetProperty("task").Text("id")}?wait=60");
        Assert.Equal("7", (await read.JsonAsync()).GetProperty("result").GetRawText());
    }

    [Fact]
    public async Task A_thousand_submits_are_taken_and_one_more_is_refused()
    {
        using var full = await process.Client.PostJsonAsync(Batch, Repeat(1000));
        using var overfull = await process.Client.PostJsonAsync(Batch, Repeat(1001));

        var items = (await full.JsonAsync()).GetProperty("items");
        Assert.Equal(1000, items.GetArrayLength());
        Assert.All(items.EnumerateArray(), i => Assert.Equal(202, i.GetProperty("status").GetInt32()));
        await overfull.ProblemAsync(422, "batch_too_large", "tasks");
    }

    [Fact]
    public async Task An_empty_batch_is_nothing()
    {
        using var response = await process.Client.PostJsonAsync(Batch, "[]");

        Assert.Equal(0, (await response.JsonAsync()).GetProperty("items").GetArrayLength());
    }

    [Theory]
    [InlineData("[{}", "invalid_json", null)]
    [InlineData("""[{"task":"add","task":"add"}]""", "invalid_json", null)]
    [InlineData("{}", "invalid_request", "tasks")]
    [InlineData("5", "invalid_request", "tasks")]
    [InlineData("""{"tasks":{}}""", "invalid_request", "tasks")]
    [InlineData("""{"tasks":null}""", "invalid_request", "tasks")]
    [InlineData("""{"tasks":[],"more":1}""", "unknown_field", "more")]
    [InlineData("""{"task":"add","args":[1,2]}""", "unknown_field", "task")]
    public async Task What_is_no_batch_is_refused_whole(string body, string code, string? field)
    {
        using var response = await process.Client.PostJsonAsync(Batch, body);

        await response.ProblemAsync(400, code, field);
    }

    private static string Repeat(int count) => $"[{string.Join(',', Enumerable.Repeat("""{"task":"add","args":[1,2],"delay":3600}""", count))}]";
}
