using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Xunit;

namespace TaskGrid.Tests.Web;

public sealed class EventTests(SingleProcess process)
{
    [Fact]
    public async Task A_task_is_followed_from_where_it_is_to_its_end()
    {
        await process.Client.SubmitAsync("""{"task":"report","args":["followed"],"id":"followed","queue":"followed"}""");
        await Gate.Of("followed").Entered;
        await using var reader = await FollowAsync($"{Http.Tasks}/followed/events");
        var first = await reader.NextAsync("state");
        Assert.Equal("Running", first.Json.Text("state"));
        Gate.Of("followed").Open();
        Gate.Of("followed-end").Open();
        var all = await reader.RestAsync();
        Assert.Equal("Succeeded", all.Last(e => e.Type == "state").Json.Text("state"));
        // The answer has ended with the task, and who comes again with the last id is told not to.
        using var again = await GetAsync($"{Http.Tasks}/followed/events", all[^1].Id);
        Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);
    }

    /// <summary>Faster than it would be found by looking every five seconds.</summary>
    [Fact]
    public async Task A_change_arrives_when_it_happens()
    {
        await process.Client.SubmitAsync("""{"task":"add","args":[1,2],"id":"changing","delay":3600}""");
        await using var reader = await FollowAsync($"{Http.Tasks}/changing/events");
        await reader.NextAsync("state");
        for (var i = 1; i <= 20; i++)
        {
            using var change = new StringContent($$"""{"priority":{{i % 10}}}""", System.Text.Encoding.UTF8, "application/json");
            using var changed = await process.Client.PatchAsync($"{Http.Tasks}/changing", change, TestContext.Current.CancellationToken);
            Assert.Equal(i % 10, (await reader.NextAsync("state")).Json.GetProperty("priority").GetInt32());
        }

        // Twenty times five seconds would be over the limit of a read.
        using var cancel = await process.Client.PostAsync($"{Http.Tasks}/changing/cancel", null, TestContext.Current.CancellationToken);
        Assert.Equal("Cancelled", (await reader.NextAsync("state")).Json.Text("state"));
        Assert.Empty(await reader.RestAsync());
    }

    [Fact]
    public async Task A_reader_that_comes_again_gets_the_lines_since()
    {
        await process.Client.SubmitAsync("""{"task":"log","args":["logged", ["one","two"], ["three"]],"id":"logged"}""");
        await Gate.Of("logged").Entered;
        EventItem seen;
        await using (var reader = await FollowAsync($"{Http.Tasks}/logged/events"))
        {
            seen = await reader.UntilAsync(e => e.Id!.EndsWith(".2", StringComparison.Ordinal));
        }

        Gate.Of("logged").Open();
        await using var again = await FollowAsync($"{Http.Tasks}/logged/events", seen.Id);
        var rest = await again.RestAsync();
        var lines = rest.Where(e => e.Type == "log").SelectMany(e => e.Json.GetProperty("lines").EnumerateArray().Select(l => l.GetString()!.Split(' ')[1])).ToList();
        Assert.Equal(["three"], lines);
        Assert.Equal("Succeeded", rest[^1].Json.Text("state"));
    }

    /// <summary>Who is cut off between the last lines and the end has not seen the end.</summary>
    [Fact]
    public async Task The_last_version_is_that_of_the_end_and_of_nothing_before_it()
    {
        await process.Client.SubmitAsync("""{"task":"log","args":["cut-off", ["one"], ["two","three"]],"id":"cut-off"}""");
        await Gate.Of("cut-off").Entered;
        await using var reader = await FollowAsync($"{Http.Tasks}/cut-off/events");
        await reader.NextAsync("state");
        Gate.Of("cut-off").Open();
        var rest = await reader.RestAsync();

        Assert.Equal(("state", "Succeeded"), (rest[^1].Type, rest[^1].Json.Text("state")));
        var end = rest[^1].Id!.Split('.')[0];
        Assert.DoesNotContain(rest.SkipLast(1), e => e.Id!.Split('.')[0] == end);
        // All at once, too: both are new to this reader.
        await using var late = await FollowAsync($"{Http.Tasks}/cut-off/events");
        var all = await late.RestAsync();
        Assert.Equal([("log", false), ("state", true)], all.Select(e => (e.Type, e.Id!.Split('.')[0] == end)));
    }

    [Fact]
    public async Task A_task_that_is_final_is_told_once()
    {
        var id = (await process.Client.SubmitAsync("""{"task":"add","args":[1,2]}""")).Text("id");
        using var done = await process.Client.ReadAsync($"{Http.Tasks}/{id}?wait=60");
        await using var reader = await FollowAsync($"{Http.Tasks}/{id}/events");
        Assert.Equal(["state"], (await reader.RestAsync()).Select(e => e.Type));
        // What is no position is none.
        await using var odd = await FollowAsync($"{Http.Tasks}/{id}/events", "what was it?");
        Assert.Single(await odd.RestAsync());
    }

    [Fact]
    public async Task A_task_that_was_never_submitted_has_no_events()
    {
        using var response = await process.Client.ReadAsync($"{Http.Tasks}/never-submitted/events");
        await response.ProblemAsync(404, "task_not_found");
    }

    [Fact]
    public async Task The_grid_tells_of_what_fits()
    {
        await using var reader = await FollowAsync("/api/v1/events?queue=told*&state=Succeeded");
        await reader.NextAsync("ping");
        await process.Client.SubmitAsync("""{"task":"add","args":[1,2],"id":"not-told"}""");
        await process.Client.SubmitAsync("""{"task":"add","args":[1,2],"id":"told-1","queue":"told-here"}""");
        var told = (await reader.NextAsync("task")).Json;
        Assert.Equal(("told-1", "add", "told-here", "Succeeded"), (told.Text("id"), told.Text("task"), told.Text("queue"), told.Text("state")));
    }

    [Theory]
    [InlineData("state=done", "invalid_request", "state")]
    [InlineData("tag=x", "unknown_field", "tag")]
    public async Task What_cannot_be_heard_is_refused(string query, string code, string field)
    {
        using var response = await process.Client.ReadAsync($"/api/v1/events?{query}");
        await response.ProblemAsync(400, code, field);
    }

    private async Task<EventReader> FollowAsync(string path, string? seen = null)
    {
        var response = await GetAsync(path, seen);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        return new(response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? seen)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (seen is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", seen);
        }

        return await process.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    private sealed record EventItem(string Type, string? Id, JsonElement Json);

    private sealed class EventReader(HttpResponseMessage response, Stream stream) : IAsyncDisposable
    {
        private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

        private readonly IAsyncEnumerator<SseItem<string>> _items = SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
        private string? _id;

        public Task<EventItem> NextAsync(string type) => UntilAsync(e => e.Type == type);

        public async Task<EventItem> UntilAsync(Func<EventItem, bool> condition)
        {
            while (await ReadAsync() is { } item)
            {
                if (condition(item))
                {
                    return item;
                }
            }

            throw new InvalidOperationException("The events ended.");
        }

        public async Task<List<EventItem>> RestAsync()
        {
            var rest = new List<EventItem>();
            while (await ReadAsync() is { } item)
            {
                rest.Add(item);
            }

            return rest;
        }

        public async ValueTask DisposeAsync()
        {
            response.Dispose();
            await stream.DisposeAsync();
        }

        private async Task<EventItem?> ReadAsync()
        {
            if (!await _items.MoveNextAsync().AsTask().WaitAsync(s_limit, TimeProvider.System))
            {
                return null;
            }

            // An id holds until another one comes.
            _id = _items.Current.EventId ?? _id;
            return new(_items.Current.EventType, _id, JsonDocument.Parse(_items.Current.Data).RootElement);
        }
    }
}
