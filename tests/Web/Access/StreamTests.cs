using System.Net;
using Xunit;

namespace TaskGrid.Tests.Web.Access;

/// <summary>Answers without an end, and the keys that they were asked for with.</summary>
public sealed class StreamTests(ClosedProcess process)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_ends_with_the_key_that_it_was_asked_for_with()
    {
        var (key, id) = await process.KeyAsync("""{"name":"listener","roles":["read"]}""");
        using var client = process.ClientOf(key);
        await process.Admin.SubmitAsync("""{"task":"add","args":[1,2],"id":"listened-to","delay":3600}""");
        var streams = new[] { "/api/v1/events", $"{Http.Tasks}/listened-to/events" }.Select(path => OpenAsync(client, path)).ToList();
        await Task.WhenAll(streams);

        using (var revoked = await process.Admin.DeleteAsync($"/api/v1/keys/{id}", Cancelled))
        {
            Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        }

        foreach (var stream in streams)
        {
            using var open = await stream;
            await EndAsync(open);
        }
    }

    [Fact]
    public async Task A_key_has_so_many_streams_at_a_time()
    {
        var data = Directory.CreateTempSubdirectory("taskgrid-streams-");
        await using (var web = await RunningWeb.StartAsync(
            "Development", "--TaskGrid:Examples", "true", "--TaskGrid:DataFolder", data.FullName, "--Access:AdminKey", ClosedProcess.AdminKey, "--Access:StreamsPerKey", "2"))
        {
            web.Client.DefaultRequestHeaders.Authorization = new("Bearer", ClosedProcess.AdminKey);
            using var first = await OpenAsync(web.Client, "/api/v1/events");
            using (await OpenAsync(web.Client, "/api/v1/events"))
            {
                using var third = await web.Client.ReadAsync("/api/v1/events");
                await third.ProblemAsync(429, "too_many_requests");
                Assert.NotNull(third.Headers.RetryAfter);
            }

            // The server hears a moment later that the second is gone.
            for (var tries = 0; ; tries++)
            {
                using var again = await web.Client.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead, Cancelled);
                if (again.IsSuccessStatusCode)
                {
                    break;
                }

                Assert.True(tries < 300, "Its place was never free again.");
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancelled);
            }
        }

        data.Delete(recursive: true);
    }

    internal static async Task<HttpResponseMessage> OpenAsync(HttpClient client, string path)
    {
        var response = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response;
    }

    /// <summary>Reads what there is until there is no more.</summary>
    internal static async Task EndAsync(HttpResponseMessage response)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await using var stream = await response.Content.ReadAsStreamAsync(limit.Token);
        await stream.CopyToAsync(Stream.Null, limit.Token);
    }
}
