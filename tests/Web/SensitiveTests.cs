using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Xunit;

namespace TaskGrid.Tests.Web;

/// <summary>Arguments that only the handler sees: wherever else a task is looked at, something else stands in their place.</summary>
public sealed class SensitiveTests(SingleProcess process)
{
    private const string Number = "4111111111111111";

    [GridTask("refund")]
    public sealed record Refund(string Customer, [Sensitive] Card Card, int Cents = 1);

    public sealed record Card(string Number, int Year);

    public sealed class RefundHandler : ITaskHandler<Refund, string>
    {
        public Task<string> RunAsync(Refund args, TaskContext context, CancellationToken cancellationToken) => Task.FromResult(args.Card.Number[^4..]);
    }

    /// <summary>Passes the gate of its customer and says the end of the number that it got.</summary>
    public static async Task<string> ChargeAsync(string customer, [Sensitive] string number, CancellationToken cancellationToken)
    {
        await Gate.PassAsync(customer, cancellationToken);
        return number[^4..];
    }

    [Fact]
    public async Task Whoever_looks_at_a_task_is_shown_that_something_is_hidden()
    {
        var accepted = await process.Client.SubmitAsync($$"""{"task":"charge","args":{"customer":"ada-1","number":"{{Number}}"},"id":"charge-1"}""");
        await Gate.Of("ada-1").Entered;
        var running = await ReadAsync($"{Http.Tasks}/charge-1");
        using var same = await process.Client.PostJsonAsync(Http.Tasks, $$"""{"task":"charge","args":{"customer":"ada-1","number":"{{Number}}"},"id":"charge-1"}""");
        Gate.Of("ada-1").Open();
        var done = await ReadAsync($"{Http.Tasks}/charge-1?wait=60");

        foreach (var task in new[] { accepted, running, await same.JsonAsync(), done })
        {
            Assert.Equal("""{"customer":"ada-1","number":"[hidden]"}""", task.GetProperty("args").GetRawText());
        }

        Assert.Equal(("Succeeded", "1111"), (done.Text("state"), done.Text("result")));
        Assert.Equal("true", string.Join(",", same.Headers.GetValues("Idempotent-Replayed")));
    }

    [Theory]
    [InlineData("""{"customer":"ada","card":{"number":"4111111111111111","year":2030},"cents":9007199}""", """{"customer":"ada","card":"[hidden]","cents":9007199}""")]
    [InlineData("""["ada",{"number":"4111111111111111","year":2030}]""", """["ada","[hidden]"]""")]
    public async Task A_marked_member_of_a_record_is_hidden_as_a_whole(string args, string shown)
    {
        using var response = await process.Client.PostJsonAsync($"{Http.Tasks}?wait=60", $$"""{"task":"refund","args":{{args}}}""");
        var done = await response.JsonAsync();
        Assert.Equal((shown, "1111"), (done.GetProperty("args").GetRawText(), done.Text("result")));
    }

    [Fact]
    public async Task A_batch_and_the_events_of_a_task_do_not_tell_it()
    {
        using var batch = await process.Client.PostJsonAsync($"{Http.Tasks}/batch", $$"""[{"task":"charge","args":["ada-2","{{Number}}"],"id":"charge-2"}]""");
        Assert.DoesNotContain(Number, await TextAsync(batch), StringComparison.Ordinal);
        await Gate.Of("ada-2").Entered;
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Http.Tasks}/charge-2/events");
        using var events = await process.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Gate.Of("ada-2").Open();
        var states = new List<JsonElement>();
        await using var stream = await events.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken))
        {
            Assert.DoesNotContain(Number, item.Data, StringComparison.Ordinal);
            if (item.EventType == "state")
            {
                states.Add(JsonDocument.Parse(item.Data).RootElement);
            }
        }

        Assert.Equal(("Succeeded", "1111"), (states[^1].Text("state"), states[^1].Text("result")));
        Assert.All(states, s => Assert.Equal("""["ada-2","[hidden]"]""", s.GetProperty("args").GetRawText()));
    }

    [Fact]
    public async Task A_list_does_not_find_it()
    {
        await process.Client.SubmitAsync($$"""{"task":"charge","args":["ada-3","{{Number}}"],"id":"charge-3","queue":"charges","delay":3600}""");
        Assert.Equal("charge-3", Assert.Single(await ListAsync("text=charge-3")).Text("id"));
        Assert.Empty(await ListAsync($"text={Number}"));
        Assert.Empty(await ListAsync("text=ada-3"));
        using var counted = await process.Client.PostJsonAsync("/api/v1/bulk/count", $$"""{"action":"cancel","state":"scheduled","queue":"charges","text":"{{Number}}"}""");
        Assert.Equal(0, (await counted.JsonAsync()).GetProperty("count").GetInt32());

        async Task<JsonElement[]> ListAsync(string filter) => [.. (await ReadAsync($"{Http.Tasks}?queue=charges&{filter}")).GetProperty("items").EnumerateArray()];
    }

    [Fact]
    public async Task The_task_type_says_what_is_not_shown()
    {
        foreach (var (task, name) in new[] { ("charge", "number"), ("refund", "card") })
        {
            var properties = (await ReadAsync($"/api/v1/task-types/{task}")).GetProperty("argsSchema").GetProperty("properties");
            Assert.True(properties.GetProperty(name).GetProperty("writeOnly").GetBoolean());
            Assert.False(properties.GetProperty("customer").TryGetProperty("writeOnly", out _));
        }
    }

    private async Task<JsonElement> ReadAsync(string path)
    {
        using var response = await process.Client.ReadAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.JsonAsync();
    }

    private static Task<string> TextAsync(HttpResponseMessage response) => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
