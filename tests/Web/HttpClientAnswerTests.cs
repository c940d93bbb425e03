using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace TaskGrid.Tests.Web;

/// <summary>The .NET client over HTTP, with something in between that carries a request through and answers something else.</summary>
public sealed class HttpClientAnswerTests(SingleProcess process)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(500, "application/problem+json", """{"code":"internal_error","detail":"x","status":500}""")]
    [InlineData(502, "text/html", "<html>Bad gateway</html>")]
    [InlineData(520, "text/html", "<html>Unknown</html>")]
    [InlineData(408, "application/problem+json", """{"code":"request_timeout","detail":"x"}""")]
    [InlineData(429, "application/problem+json", "{}")]
    [InlineData(200, "text/html", "<html>Sign in</html>")]
    [InlineData(200, "application/json", "null")]
    public async Task What_is_no_answer_of_the_grids_is_asked_for_again(int status, string type, string body)
    {
        await using var between = await Between.StartAsync(process.Client, (_, number) => Task.FromResult(number == 1 ? Results.Text(body, type, statusCode: status) : null));
        await using var services = Services(between);

        var task = await services.GetRequiredService<ITaskClient>().SubmitAsync<long>("add", new { x = 2, y = 3 }, cancellationToken: Cancelled);

        Assert.Equal(5, await task.GetResultAsync(Cancelled));
    }

    /// <summary>The task has run and failed once more by the time the retry is sent a second time.</summary>
    [Fact]
    public async Task A_retry_whose_answer_was_lost_is_made_once()
    {
        await process.Client.SubmitAsync("""{"task":"no_disk","maxAttempts":1,"id":"retried-once"}""");
        await FailedAsync(1);
        await using var between = await Between.StartAsync(process.Client, async (http, _) =>
        {
            if (!http.Request.Path.Value!.EndsWith("/retry", StringComparison.Ordinal) || http.Items.ContainsKey("again"))
            {
                return null;
            }

            await FailedAsync(2);
            return Results.StatusCode(502);
        });
        await using var services = Services(between);

        Assert.Equal(ChangeOutcome.Changed, await services.GetRequiredService<ITaskClient>().GetHandle("retried-once").RetryAsync(Cancelled));

        var retries = between.Paths.Count(p => p.EndsWith("/retry", StringComparison.Ordinal));
        Assert.Equal((2, 2), (retries, await FailedAsync(2)));

        async Task<int> FailedAsync(int attempt)
        {
            for (var tries = 0; tries < 600; tries++)
            {
                using var read = await process.Client.ReadAsync($"{Http.Tasks}/retried-once?wait=10");
                var task = await read.JsonAsync();
                if (task.Text("state") == "Failed" && task.GetProperty("attempt").GetInt32() >= attempt)
                {
                    return task.GetProperty("attempt").GetInt32();
                }
            }

            throw new TimeoutException($"It has not failed in attempt {attempt}.");
        }
    }

    [Fact]
    public async Task A_batch_of_any_size_is_sent_in_parts()
    {
        await using var between = await Between.StartAsync(process.Client, (_, number) => Task.FromResult<IResult?>(number == 2 ? Results.StatusCode(503) : null));
        await using var services = Services(between);
        var large = new string('x', 400_000);
        TaskSubmission[] all =
        [
            .. Enumerable.Range(0, 1500).Select(i => TaskSubmission.Create("add", new[] { i, 1 })),
            TaskSubmission.Create("echo", new[] { new string('y', 1_100_000) }),
            .. Enumerable.Range(0, 5).Select(_ => TaskSubmission.Create("echo", new[] { large })),
        ];

        var replies = await services.GetRequiredService<ITaskClient>().SubmitBatchAsync(all, Cancelled);

        Assert.Equal(all.Length, replies.Count);
        Assert.Equal("payload_too_large", replies[1500].Refusal?.Code);
        Assert.All(replies.Where((_, i) => i != 1500), r => Assert.Null(r.Refusal));
        // The second part was accepted, but nobody heard of that: it alone was sent again.
        Assert.Equal(1005, replies.Count(r => r.Created));
        Assert.All(replies.Skip(1000).Take(500), r => Assert.False(r.Created));
        Assert.Equal(all.Length - 1, replies.Select(r => r.Snapshot?.Id).OfType<string>().Distinct().Count());
    }

    /// <summary>A key that runs out between two requests says nothing of what has been accepted before.</summary>
    [Fact]
    public async Task A_batch_whose_second_part_is_refused_keeps_the_first()
    {
        await using var between = await Between.StartAsync(process.Client, (_, number) => Task.FromResult<IResult?>(
            number > 1 ? Results.Text("""{"code":"forbidden","detail":"x","status":403}""", "application/problem+json", statusCode: 403) : null));
        await using var services = Services(between);

        var replies = await services.GetRequiredService<ITaskClient>().SubmitBatchAsync([.. Enumerable.Range(0, 1500).Select(i => TaskSubmission.Create("add", new[] { i, 1 }))], Cancelled);

        Assert.Equal((1000, 500), (replies.Count(r => r.Created), replies.Count(r => r.Refusal?.Code == "forbidden")));
        Assert.All(replies.Take(1000), r => Assert.NotNull(r.Snapshot));
    }

    [Fact]
    public async Task An_id_beside_a_key_is_refused_as_everywhere()
    {
        await using var between = await Between.StartAsync(process.Client, (_, _) => Task.FromResult<IResult?>(null));
        await using var services = Services(between);

        var refused = await Assert.ThrowsAsync<TaskRefusedException>(() =>
            services.GetRequiredService<ITaskClient>().SubmitAsync("add", new[] { 1, 2 }, new() { Id = "mine", IdempotencyKey = "k" }, Cancelled));

        Assert.Equal((ErrorCodes.InvalidOption, "id"), (refused.Code, refused.Refusal.Field));
    }

    private static ServiceProvider Services(Between between) => new ServiceCollection()
        .AddSingleton<Microsoft.Extensions.Configuration.IConfiguration>(new Microsoft.Extensions.Configuration.ConfigurationManager())
        .AddTaskGridHttpClient(o => (o.Address, o.RequestTimeout) = (between.Address, TimeSpan.FromMinutes(1)))
        .Configure<TaskGridClientOptions>(o => o.SubmitTimeout = TimeSpan.FromMinutes(2))
        .BuildServiceProvider();

    /// <summary>Passes each request on, and then its answer, or another.</summary>
    private sealed class Between : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly List<string> _paths = [];

        private Between(WebApplication app) => _app = app;

        public Uri Address => new(_app.Urls.Single());

        public IReadOnlyList<string> Paths
        {
            get
            {
                lock (_paths)
                {
                    return [.. _paths];
                }
            }
        }

        /// <param name="grid">Where requests go.</param>
        /// <param name="answer">What a request, the first, second and so on of all, is answered with instead, after it was carried through.</param>
        public static async Task<Between> StartAsync(HttpClient grid, Func<HttpContext, int, Task<IResult?>> answer)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(k => k.Limits.MaxRequestBodySize = null);
            var between = new Between(builder.Build());
            between._app.MapFallback(http => between.PassAsync(http, grid, answer));
            await between._app.StartAsync();
            return between;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private async Task PassAsync(HttpContext http, HttpClient grid, Func<HttpContext, int, Task<IResult?>> answer)
        {
            int number;
            lock (_paths)
            {
                if (_paths.Contains(http.Request.Path))
                {
                    http.Items["again"] = true;
                }

                _paths.Add(http.Request.Path);
                number = _paths.Count;
            }

            using var request = new HttpRequestMessage(new(http.Request.Method), $"{http.Request.Path}{http.Request.QueryString}");
            if (http.Request.ContentType is not null)
            {
                using var body = new MemoryStream();
                await http.Request.Body.CopyToAsync(body, http.RequestAborted);
                request.Content = new ByteArrayContent(body.ToArray());
                request.Content.Headers.ContentType = new(http.Request.ContentType);
            }

            foreach (var name in new[] { "Idempotency-Key", "If-Match" }.Where(http.Request.Headers.ContainsKey))
            {
                request.Headers.TryAddWithoutValidation(name, http.Request.Headers[name].ToString());
            }

            using var response = await grid.SendAsync(request, http.RequestAborted);
            if (await answer(http, number) is { } other)
            {
                await other.ExecuteAsync(http);
                return;
            }

            http.Response.StatusCode = (int)response.StatusCode;
            http.Response.ContentType = response.Content.Headers.ContentType?.ToString();
            await http.Response.Body.WriteAsync(await response.Content.ReadAsByteArrayAsync(http.RequestAborted), http.RequestAborted);
        }
    }
}
