using System.Text.Json;
using Xunit;

namespace TaskGrid.Tests.Web.BadInput;

/// <summary>What tasks bring about when they end badly, as whoever asks gets to see it.</summary>
public sealed class BadOutcomeTests(SingleProcess process)
{
    [Theory]
    [InlineData("throw_much")]
    [InlineData("throw_deeply")]
    [InlineData("throw_wordless")]
    public async Task An_exception_of_any_size_is_kept_cut_to_size(string task)
    {
        using var response = await process.Client.PostJsonAsync($"{Http.Tasks}?wait=60", $$"""{"task":"{{task}}","maxAttempts":1}""");
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var failed = JsonDocument.Parse(text).RootElement;

        Assert.Equal("Failed", failed.Text("state"));
        Assert.NotEmpty(failed.GetProperty("error").Text("type"));
        // Of the message 4,096 characters, of the stack 16,384; both stand in the task and in its attempt.
        Assert.InRange(text.Length, 1, 50_000);
    }

    /// <summary>A type's name is a text like any other: nothing here turns one into a type.</summary>
    [Theory]
    [InlineData("""{"$type":"System.Diagnostics.Process, System","$id":"1","$ref":"1","__proto__":{"admin":true},"constructor":{}}""")]
    [InlineData("""{"$values":[{"$type":"System.IO.FileInfo"}]}""")]
    public async Task A_type_name_in_arguments_is_data(string value)
    {
        using var response = await process.Client.PostJsonAsync($"{Http.Tasks}?wait=60", $$$"""{"task":"mirror","args":{"value":{{{value}}}}}""");
        var task = await response.JsonAsync();

        Assert.Equal("Succeeded", task.Text("state"));
        Assert.Equal(value, task.GetProperty("result").GetRawText());
    }

    [Theory]
    [InlineData("mirror", "result")]
    [InlineData("throw_markup", "error")]
    public async Task Markup_is_text_wherever_it_is_answered(string task, string where)
    {
        var id = $"markup-{task}";
        var args = task == "mirror" ? JsonSerializer.Serialize(new { value = BadTasks.Markup }) : "{}";
        var submit = $$$"""{"task":"{{{task}}}","id":"{{{id}}}","args":{{{args}}},"maxAttempts":1,"headers":{"x":{{{JsonSerializer.Serialize(BadTasks.Markup)}}}}}""";
        using var response = await process.Client.PostJsonAsync($"{Http.Tasks}?wait=60", submit);
        var answered = (await response.JsonAsync()).GetProperty(where);
        Assert.Equal(BadTasks.Markup, where == "error" ? answered.Text("message") : answered.GetString());

        foreach (var path in new[] { $"{Http.Tasks}/{id}", $"{Http.Tasks}/{id}/attempts", $"{Http.Tasks}/{id}/result", $"{Http.Tasks}/<img src=x>", $"{Http.Tasks}?text=<script>", "/api/v1/stats/errors" })
        {
            using var read = await process.Client.ReadAsync(path);
            Assert.Contains(read.Content.Headers.ContentType?.MediaType, (string[])["application/json", "application/problem+json"]);
            Assert.Equal("nosniff", Assert.Single(read.Headers.GetValues("X-Content-Type-Options")));
            Assert.Contains("default-src", Assert.Single(read.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_same_key_a_hundred_times_at_once_is_one_task()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            var (path, form) = i % 2 == 0 ? (Http.Tasks, "{0}") : ($"{Http.Tasks}/batch", "[{0}]");
            var body = form.Replace("{0}", """{"task":"add","args":[1,1],"idempotencyKey":"all at once"}""", StringComparison.Ordinal);
            using var response = await process.Client.PostJsonAsync(path, body);
            var answer = await response.JsonAsync();
            return (i % 2 == 0 ? answer : answer.GetProperty("items")[0].GetProperty("task")).Text("id");
        }));

        Assert.Single(ids.Distinct());
    }

    [Fact]
    public async Task What_expires_before_it_is_due_is_accepted_and_expires()
    {
        using var response = await process.Client.PostJsonAsync($"{Http.Tasks}?wait=60", """{"task":"add","args":[1,1],"delay":3600,"expiresAfter":0.05}""");

        var task = await response.JsonAsync();
        Assert.Equal(("Cancelled", "expired"), (task.Text("state"), task.Text("reason")));
    }
}
