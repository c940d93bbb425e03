using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TaskGrid.Storage;

namespace TaskGrid.Webhooks;

/// <summary>Tells a receiver that a task has ended, with its snapshot, as Standard Webhooks has it.</summary>
internal sealed partial class WebhookHandler(
    TaskStore tasks, WebhookCalls calls, IOptions<WebhookOptions> options, TimeProvider time, ILogger<WebhookHandler> logger) : ITaskHandler<WebhookDelivery>
{
    // A delivery is accepted a moment before its task is final.
    private static readonly TimeSpan s_moment = TimeSpan.FromSeconds(1);

    private readonly Random _random = new();

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };

    public async Task RunAsync(WebhookDelivery args, TaskContext context, CancellationToken cancellationToken)
    {
        if (await tasks.ReadAsync(args.Id).ConfigureAwait(false) is not { } record)
        {
            throw new PermanentFailureException($"Task {args.Id} was forgotten before its end could be told.");
        }

        var (snapshot, end) = (record.ToSnapshot(), WebhookDelivery.EndOf(context.TaskId));
        if (record.Line.Version < end)
        {
            throw new SnoozeTaskException(s_moment);
        }

        if (record.Line.Version > end)
        {
            // It was run again: that end is gone, and its next one has a delivery of its own.
            LogRunAgain(args.Id);
            return;
        }

        using var request = RequestOf(args, context.TaskId, snapshot);
        var (status, retryAfter) = await calls.SendAsync(request, cancellationToken).ConfigureAwait(false);
        switch (status)
        {
            case >= HttpStatusCode.OK and < HttpStatusCode.Ambiguous:
                return;
            case HttpStatusCode.Gone:
                throw new PermanentFailureException($"{args.Url} answered 410: it wants no more.");
            default:
                var pause = WebhookDelivery.PauseAfter(context.Attempt, retryAfter ?? TimeSpan.Zero, _random.NextDouble());
                throw new RetryTaskException(pause, new HttpRequestException($"{args.Url} answered {(int)status}."));
        }
    }

    private HttpRequestMessage RequestOf(WebhookDelivery args, string id, TaskSnapshot snapshot)
    {
        var now = time.GetUtcNow();
        var body = JsonSerializer.SerializeToUtf8Bytes(new WebhookBody($"task.{snapshot.State.ToString().ToLowerInvariant()}", now, snapshot), s_json);
        var request = new HttpRequestMessage(HttpMethod.Post, args.Url) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", FormattableString.Invariant($"{now.ToUnixTimeSeconds()}"));
        request.Headers.Add("webhook-signature", WebhookSignature.Of(id, now.ToUnixTimeSeconds(), body, options.Value.Keys));
        request.Headers.UserAgent.ParseAdd("TaskGrid");
        return request;
    }

    [LoggerMessage(LogLevel.Information, "Task {Id} was run again before its end could be told")]
    private partial void LogRunAgain(string id);

    private sealed record WebhookBody(string Type, DateTimeOffset Timestamp, TaskSnapshot Data);
}
