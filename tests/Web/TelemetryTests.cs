using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace TaskGrid.Tests.Web;

public sealed class TelemetryTests(SingleProcess process)
{
    [Fact]
    public async Task Prometheus_reads_what_the_process_has_done()
    {
        using var submit = await process.Client.PostJsonAsync($"{Http.Tasks}?wait=60", """{"task":"echo","args":["measured"],"queue":"measured-by-prometheus"}""");
        var metrics = await Until.FoundAsync(
            async () =>
            {
                using var response = await process.Client.ReadAsync("/metrics");
                return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            },
            text => text.Split('\n').Any(l => l.StartsWith("taskgrid_attempts_total{", StringComparison.Ordinal) && l.Contains("measured-by-prometheus", StringComparison.Ordinal)));

        foreach (var series in new[] { "messaging_client_sent_messages_total{", "messaging_process_duration_seconds_bucket{", "taskgrid_worker_slots{", "orleans_", "http_server_request_duration_seconds_" })
        {
            Assert.Contains($"\n{series}", metrics, StringComparison.Ordinal);
        }
    }

    /// <summary>The request, the submit and the attempt, by the ids that the collector gets.</summary>
    [Fact]
    public async Task A_collector_gets_one_trace_from_the_request_to_the_handler()
    {
        await using var collector = await Collector.StartAsync();
        var data = Directory.CreateTempSubdirectory("taskgrid-otlp-");
        await using (var web = await RunningWeb.StartAsync(
            "Development", "--TaskGrid:Examples", "true", "--TaskGrid:DataFolder", data.FullName,
            "--OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address, "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", "--OTEL_METRIC_EXPORT_INTERVAL", "500"))
        {
            var trace = ActivityTraceId.CreateRandom();
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{Http.Tasks}?wait=60") { Content = new StringContent("""{"task":"add","args":[2,3]}""", Encoding.UTF8, "application/json") };
            request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
            using var response = await web.Client.SendAsync(request, TestContext.Current.CancellationToken);

            await collector.UntilAsync("/v1/traces", all => Count(all, Convert.FromHexString($"{trace}")) >= 3 && Has(all, "send add") && Has(all, "process add") && Has(all, "POST /api/v1/tasks"));
            await collector.UntilAsync("/v1/metrics", all => Has(all, "messaging.client.sent.messages") && Has(all, "taskgrid.worker.slots"));
            await collector.UntilAsync("/v1/logs", all => Has(all, "taskgrid-web"));
        }

        data.Delete(recursive: true);
    }

    private static bool Has(byte[] all, string text) => Count(all, Encoding.UTF8.GetBytes(text)) > 0;

    private static int Count(ReadOnlySpan<byte> all, ReadOnlySpan<byte> part)
    {
        var count = 0;
        for (var at = all.IndexOf(part); at >= 0; at = all.IndexOf(part))
        {
            count++;
            all = all[(at + part.Length)..];
        }

        return count;
    }

    /// <summary>An OTLP collector that keeps what it gets, by signal.</summary>
    private sealed class Collector(WebApplication app) : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<string, byte[]> _got = new();

        public string Address => app.Urls.Single();

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var app = builder.Build();
            app.Urls.Add("http://127.0.0.1:0");
            var collector = new Collector(app);
            app.MapPost("/v1/{signal}", async (HttpRequest request) =>
            {
                using var body = new MemoryStream();
                await request.Body.CopyToAsync(body);
                collector._got.AddOrUpdate(request.Path, _ => body.ToArray(), (_, before) => [.. before, .. body.ToArray()]);
            });
            await app.StartAsync();
            return collector;
        }

        public async Task UntilAsync(string signal, Func<byte[], bool> condition) => await Until.FoundAsync(() => Task.FromResult(_got.GetValueOrDefault(signal) ?? []), condition);

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }

    private static class Until
    {
        public static async Task<T> FoundAsync<T>(Func<Task<T>> read, Func<T, bool> condition)
        {
            for (var tries = 0; tries < 600; tries++)
            {
                if (await read() is var found && condition(found))
                {
                    return found;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
            }

            throw new TimeoutException("It did not come in a minute.");
        }
    }
}
