using System.Net;
using System.Net.Http.Headers;
using Xunit;

namespace TaskGrid.Tests.Web;

/// <summary>Who has seen a version of a task is told in a few bytes that there is no other.</summary>
public sealed class VersionTests(SingleProcess process)
{
    [Theory]
    [InlineData("")]
    [InlineData("/result")]
    [InlineData("/attempts")]
    public async Task What_has_not_changed_is_not_sent_again(string part)
    {
        var id = (await process.Client.SubmitAsync("""{"task":"add","args":[2,3]}""")).Text("id");
        using var first = await process.Client.ReadAsync($"{Http.Tasks}/{id}?wait=60");
        using var whole = await process.Client.ReadAsync($"{Http.Tasks}/{id}{part}");
        using var again = await SinceAsync($"{Http.Tasks}/{id}{part}", whole.Headers.ETag!.ToString());
        using var weak = await SinceAsync($"{Http.Tasks}/{id}{part}", $"\"other\", W/{whole.Headers.ETag}");
        using var other = await SinceAsync($"{Http.Tasks}/{id}{part}", "\"other\"");

        Assert.All([again, weak], r => Assert.Equal(HttpStatusCode.NotModified, r.StatusCode));
        Assert.Equal(whole.Headers.ETag, again.Headers.ETag);
        Assert.Empty(await again.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.True(whole.Headers.CacheControl is { Private: true, NoCache: true });
    }

    [Fact]
    public async Task A_step_of_the_task_and_one_of_its_progress_are_other_versions()
    {
        await process.Client.SubmitAsync("""{"task":"report","args":["versions"],"id":"versions"}""");
        await Gate.Of("versions").Entered;
        var half = await TagAsync();
        Gate.Of("versions").Open();
        await Gate.Of("versions-end").Entered;
        var most = await TagAsync();
        Gate.Of("versions-end").Open();
        using var done = await process.Client.ReadAsync($"{Http.Tasks}/versions?wait=60");

        Assert.Equal(3, new HashSet<string> { half, most, done.Headers.ETag!.Tag }.Count);
        using var since = await SinceAsync($"{Http.Tasks}/versions", half);
        Assert.Equal(HttpStatusCode.OK, since.StatusCode);
    }

    private async Task<string> TagAsync()
    {
        using var response = await process.Client.ReadAsync($"{Http.Tasks}/versions");
        return response.Headers.ETag!.Tag;
    }

    private async Task<HttpResponseMessage> SinceAsync(string path, string tags)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var tag in tags.Split(", "))
        {
            request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Parse(tag));
        }

        return await process.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_change_is_made_of_what_was_seen_and_of_nothing_else()
    {
        await process.Client.SubmitAsync("""{"task":"add","args":[1,2],"id":"matched","delay":3600}""");
        using var read = await process.Client.ReadAsync($"{Http.Tasks}/matched");
        var tag = read.Headers.ETag!.ToString();

        using var first = await ChangeAsync("""{"priority":1}""", tag);
        using var late = await ChangeAsync("""{"priority":2}""", tag);
        using var nonsense = await ChangeAsync("""{"priority":2}""", "\"abc\"");
        using var any = await ChangeAsync("""{"priority":3}""", "*");

        Assert.Equal(1, (await first.JsonAsync()).GetProperty("priority").GetInt32());
        await late.ProblemAsync(412, "precondition_failed");
        await nonsense.ProblemAsync(400, "invalid_request", "If-Match");
        Assert.Equal(3, (await any.JsonAsync()).GetProperty("priority").GetInt32());

        async Task<HttpResponseMessage> ChangeAsync(string json, string match)
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, $"{Http.Tasks}/matched") { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") };
            request.Headers.TryAddWithoutValidation("If-Match", match);
            return await process.Client.SendAsync(request, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_retry_under_a_key_is_made_once()
    {
        await process.Client.SubmitAsync("""{"task":"no_disk","maxAttempts":1,"id":"keyed"}""");
        var attempts = new List<int>();
        foreach (var key in new[] { "one", "one", "two" })
        {
            using (await process.Client.ReadAsync($"{Http.Tasks}/keyed?wait=60"))
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, $"{Http.Tasks}/keyed/retry");
                request.Headers.Add("Idempotency-Key", key);
                using var response = await process.Client.SendAsync(request, TestContext.Current.CancellationToken);
                Assert.True(response.IsSuccessStatusCode);
            }

            using var final = await process.Client.ReadAsync($"{Http.Tasks}/keyed?wait=60");
            attempts.Add((await final.JsonAsync()).GetProperty("attempt").GetInt32());
        }

        Assert.Equal([2, 2, 3], attempts);
    }
}
