using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace TaskGrid.Tests.Web;

/// <summary>Webhooks, with a receiver that is a real HTTP server.</summary>
public sealed class WebhookTests(SingleProcess process)
{
    public static TheoryData<string, string> Ends => new()
    {
        { """{"task":"add","args":[2,3]""", "task.succeeded" },
        { """{"task":"no_disk","maxAttempts":1""", "task.failed" },
        { """{"task":"add","args":[2,3],"delay":3600,"expiresAfter":0.2""", "task.cancelled" },
    };

    [Theory, MemberData(nameof(Ends))]
    public async Task The_end_of_a_task_is_told_and_signed(string submit, string type)
    {
        await using var receiver = await Receiver.StartAsync();
        var id = (await process.Client.SubmitAsync($$"""{{submit}},"webhook":"{{receiver.Address}}"}""")).Text("id");
        var call = await receiver.NextAsync();
        Assert.Equal((type, id), (call.Json.Text("type"), call.Json.GetProperty("data").Text("id")));
        Assert.Equal(type["task.".Length..], call.Json.GetProperty("data").Text("state"), ignoreCase: true);
        var key = Convert.FromBase64String(SingleProcess.WebhookSecret["whsec_".Length..]);
        var signed = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{call.Headers["webhook-id"]}.{call.Headers["webhook-timestamp"]}.{call.Body}"));
        Assert.Equal($"v1,{Convert.ToBase64String(signed)}", call.Headers["webhook-signature"]);
    }

    /// <summary>Whoever names a receiver need not be the one whom the arguments are for.</summary>
    [Fact]
    public async Task What_only_the_handler_is_to_see_is_not_told()
    {
        await using var receiver = await Receiver.StartAsync();
        await process.Client.SubmitAsync($$"""{"task":"refund","args":{"customer":"ada","card":{"number":"4111111111111111","year":2030} },"webhook":"{{receiver.Address}}"}""");
        var call = await receiver.NextAsync();
        Assert.Equal(("""{"customer":"ada","card":"[hidden]" }""", "1111"), (call.Json.GetProperty("data").GetProperty("args").GetRawText(), call.Json.GetProperty("data").Text("result")));
        Assert.DoesNotContain("4111111111111111", call.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_receiver_does_not_take_is_tried_again_with_the_same_id()
    {
        await using var receiver = await Receiver.StartAsync((503, "1"), (200, null));
        await process.Client.SubmitAsync($$"""{"task":"add","args":[2,3],"webhook":"{{receiver.Address}}"}""");
        var (first, second) = (await receiver.NextAsync(), await receiver.NextAsync());
        Assert.Equal(first.Headers["webhook-id"], second.Headers["webhook-id"]);
        using var delivered = await process.Client.ReadAsync($"{Http.Tasks}/{second.Headers["webhook-id"]}?wait=60");
        Assert.Equal("Succeeded", (await delivered.JsonAsync()).Text("state"));
    }

    /// <summary>The first end can't be told any more: the task has gone on.</summary>
    [Fact]
    public async Task An_end_that_is_gone_is_not_told_and_the_next_one_is_told_once()
    {
        await using var receiver = await Receiver.StartAsync((503, null), (200, null));
        await process.Client.SubmitAsync($$"""{"task":"no_disk","maxAttempts":1,"id":"ends-twice","webhook":"{{receiver.Address}}"}""");
        var first = await receiver.NextAsync();
        using (var retried = await process.Client.PostAsync($"{Http.Tasks}/ends-twice/retry", null, TestContext.Current.CancellationToken))
        {
            Assert.True(retried.IsSuccessStatusCode);
        }

        var second = await receiver.NextAsync();
        foreach (var call in new[] { first, second })
        {
            using var delivered = await process.Client.ReadAsync($"{Http.Tasks}/{call.Headers["webhook-id"]}?wait=60");
            Assert.Equal("Succeeded", (await delivered.JsonAsync()).Text("state"));
        }

        Assert.NotEqual(first.Headers["webhook-id"], second.Headers["webhook-id"]);
        Assert.Equal(2, receiver.Count);
    }

    [Fact]
    public async Task A_receiver_that_wants_no_more_is_not_called_again()
    {
        await using var receiver = await Receiver.StartAsync((410, null));
        await process.Client.SubmitAsync($$"""{"task":"add","args":[2,3],"webhook":"{{receiver.Address}}"}""");
        var call = await receiver.NextAsync();
        using var delivery = await process.Client.ReadAsync($"{Http.Tasks}/{call.Headers["webhook-id"]}?wait=60");
        Assert.Equal(("Failed", 1), ((await delivery.JsonAsync()).Text("state"), receiver.Count));
    }

    /// <summary>Whoever is called could lead it to where it could not go by itself.</summary>
    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var target = await Receiver.StartAsync();
        await using var receiver = await Receiver.StartAsync((307, target.Address));
        await process.Client.SubmitAsync($$"""{"task":"add","args":[2,3],"id":"redirected","webhook":"{{receiver.Address}}"}""");
        var call = await receiver.NextAsync();
        await UntilRetryingAsync(call.Headers["webhook-id"], "307");
        Assert.Equal(0, target.Count);
    }

    /// <summary>A name that leads inside: what is allowed is 127.0.0.1, not every name of it.</summary>
    [Fact]
    public async Task A_name_of_an_address_that_is_not_public_is_not_called()
    {
        await using var receiver = await Receiver.StartAsync();
        await process.Client.SubmitAsync($$"""{"task":"add","args":[2,3],"id":"inward","webhook":"https://localhost:{{new Uri(receiver.Address).Port}}/"}""");
        string? delivery = null;
        for (var tries = 0; delivery is null && tries < 600; tries++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
            using var children = await process.Client.ReadAsync($"{Http.Tasks}?parent=inward");
            delivery = (await children.JsonAsync()).GetProperty("items").EnumerateArray().Select(i => i.Text("id")).FirstOrDefault();
        }

        await UntilRetryingAsync(delivery!, "no public address");
        Assert.Equal(0, receiver.Count);
    }

    [Theory]
    [InlineData("http://example.com/")]
    [InlineData("https://10.0.0.1/")]
    [InlineData("https://169.254.169.254/latest/meta-data/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("nonsense")]
    public async Task A_webhook_that_leads_elsewhere_is_refused(string url)
    {
        using var response = await process.Client.PostJsonAsync(Http.Tasks, $$"""{"task":"add","args":[1,2],"webhook":"{{url}}"}""");
        await response.ProblemAsync(422, "invalid_option", "webhook");
    }

    private async Task UntilRetryingAsync(string id, string message)
    {
        for (var tries = 0; tries < 600; tries++)
        {
            using var response = await process.Client.ReadAsync($"{Http.Tasks}/{id}");
            var task = await response.JsonAsync();
            if (task.GetProperty("error").ValueKind == JsonValueKind.Object)
            {
                Assert.Contains(message, task.GetProperty("error").Text("message"), StringComparison.Ordinal);
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.Fail("It was never tried.");
    }

    private sealed record Call(IReadOnlyDictionary<string, string> Headers, string Body)
    {
        public JsonElement Json => JsonDocument.Parse(Body).RootElement;
    }

    private sealed class Receiver : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly SemaphoreSlim _come = new(0);
        private readonly ConcurrentQueue<Call> _calls = new();
        private int _count;

        private Receiver(WebApplication app) => _app = app;

        public string Address => $"{_app.Urls.Single()}/done";

        public int Count => Volatile.Read(ref _count);

        /// <summary>Answers with these statuses, and what goes with them; the last one repeats.</summary>
        public static async Task<Receiver> StartAsync(params (int Status, string? More)[] answers)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var receiver = new Receiver(builder.Build());
            receiver._app.MapPost("/done", async (HttpContext http) =>
            {
                using var reader = new StreamReader(http.Request.Body);
                var body = await reader.ReadToEndAsync(http.RequestAborted);
                var number = Interlocked.Increment(ref receiver._count);
                var (status, more) = answers.Length == 0 ? (200, null) : answers[Math.Min(number, answers.Length) - 1];
                http.Response.StatusCode = status;
                if (more is not null)
                {
                    http.Response.Headers[status is >= 300 and < 400 ? "Location" : "Retry-After"] = more;
                }

                receiver._calls.Enqueue(new(http.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()), body));
                receiver._come.Release();
            });
            await receiver._app.StartAsync();
            return receiver;
        }

        public async Task<Call> NextAsync()
        {
            Assert.True(await _come.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken), "Nobody called.");
            return _calls.TryDequeue(out var call) ? call : throw new InvalidOperationException();
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }
}
