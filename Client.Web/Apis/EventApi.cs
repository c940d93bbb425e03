using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using TaskGrid.Access;
using TaskGrid.Errors;
using TaskGrid.Events;
using TaskGrid.Requests;

namespace TaskGrid.Apis;

/// <summary>Server-sent events: of one task until it is final, and of all tasks.</summary>
internal sealed class EventApi(ITaskClient tasks, EventHub hub, StreamLimit limit, IHostApplicationLifetime lifetime, IOptions<JsonOptions> json, TimeProvider time)
{
    public const string StateEvent = "state";
    public const string ProgressEvent = "progress";
    public const string LogEvent = "log";
    public const string TaskEventName = "task";
    public const string PingEvent = "ping";
    public const string ForgottenEvent = "forgotten";

    // Events may be missed; and proxies close what is silent.
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_ping = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_reconnect = TimeSpan.FromSeconds(1);

    private readonly ITaskClient _tasks = tasks;
    private readonly StreamLimit _limit = limit;

    /// <summary>The events of one task.</summary>
    public static async Task<Results<ServerSentEventsResult<string>, NoContent, ProblemHttpResult>> OfTask(string id, HttpContext http, EventApi events)
    {
        if (TaskIds.Check(id) is { } refusal)
        {
            return Problems.Of(refusal);
        }

        if (await events._tasks.GetHandle(id).GetSnapshotAsync(http.RequestAborted) is not { } now)
        {
            return Problems.NoTask(id);
        }

        var seen = EventPosition.Of(http.Request);
        // Who has seen all of it would come again and again: this is how it is told not to.
        return now.State.IsFinal() && seen?.Version == now.Version ? TypedResults.NoContent()
            : events._limit.Enter(http) is { } tooMany ? Problems.Of(tooMany)
            : TypedResults.ServerSentEvents(events.FollowAsync(id, seen?.Line ?? 0, http, http.RequestAborted));
    }

    /// <summary>The events of all tasks that fit.</summary>
    public static Results<ServerSentEventsResult<string>, ProblemHttpResult> OfGrid(HttpContext http, EventApi events)
    {
        var request = ListReader.ReadEvents(http.Request.Query, Scope.Of(http.User));
        return (request.Refusal ?? events._limit.Enter(http)) is { } refusal
            ? Problems.Of(refusal)
            : TypedResults.ServerSentEvents(events.ListenAsync(request.Value!, http, http.RequestAborted));
    }

    private async IAsyncEnumerable<SseItem<string>> FollowAsync(string id, long line, HttpContext http, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        using var watch = await hub.WatchAsync(id);
        var (version, progress) = (-1L, (JsonText?)null);
        var saidAt = time.GetTimestamp();
        while (!either.IsCancellationRequested && await AccessLife.GoesOnAsync(http))
        {
            if (await LookAsync(id, either.Token) is { } look)
            {
                if (look.Snapshot is not { } snapshot)
                {
                    yield return new("{}", ForgottenEvent);
                    yield break;
                }

                var items = Items(snapshot, look.Log.After(line), version, progress).ToList();
                foreach (var (i, item) in items.Index())
                {
                    // The version counts as seen with the last: who is cut off before it comes again for the rest.
                    var position = new EventPosition(i == items.Count - 1 ? snapshot.Version : Math.Max(0, version), look.Log.Number);
                    yield return new(item.Data, item.EventType) { EventId = $"{position}", ReconnectionInterval = s_reconnect };
                    saidAt = time.GetTimestamp();
                }

                (version, progress, line) = (snapshot.Version, snapshot.Progress, look.Log.Number);
                if (snapshot.State.IsFinal())
                {
                    yield break;
                }
            }

            if (time.GetElapsedTime(saidAt) >= s_ping)
            {
                yield return new("{}", PingEvent);
                saidAt = time.GetTimestamp();
            }

            if (!await NextAsync(watch, either.Token))
            {
                yield break;
            }
        }
    }

    /// <summary>The task and its log as they are now; nothing while the grid does not answer.</summary>
    private async Task<Look?> LookAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            var handle = _tasks.GetHandle(id);
            // The log last: it has all lines of an attempt when that is over.
            var snapshot = await handle.GetSnapshotAsync(cancellationToken);
            return new(snapshot, snapshot is null ? new([], 0) : await handle.GetLogPartAsync(cancellationToken));
        }
        catch (Exception e) when (e is GridUnavailableException or OperationCanceledException)
        {
            return null;
        }
    }

    private static async Task<bool> NextAsync(TaskWatch watch, CancellationToken cancellationToken)
    {
        try
        {
            await watch.NextAsync(s_look, cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private IEnumerable<SseItem<string>> Items(TaskSnapshot snapshot, IReadOnlyList<string> lines, long version, JsonText? progress)
    {
        if (lines.Count > 0)
        {
            yield return new(Write(new LogLines(lines)), LogEvent);
        }

        if (snapshot.Version != version)
        {
            yield return new(Write(snapshot), StateEvent);
        }
        else if (snapshot.Progress is { } now && !now.Utf8.Span.SequenceEqual(progress is { } before ? before.Utf8.Span : default))
        {
            yield return new(Write(new ProgressReport(now)), ProgressEvent);
        }
    }

    private async IAsyncEnumerable<SseItem<string>> ListenAsync(TaskListRequest request, HttpContext http, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        using var watch = await hub.WatchAllAsync();
        // So that a reader knows when it hears.
        yield return new("{}", PingEvent) { ReconnectionInterval = s_reconnect };
        var (saidAt, next) = (time.GetTimestamp(), WaitAsync(watch.Events, either.Token));
        while (await AccessLife.GoesOnAsync(http))
        {
            // One wait, however often it is looked after: each would stay with the channel until something comes.
            await Task.WhenAny(next, Task.Delay(s_look, time, either.Token));
            if (!next.IsCompleted && time.GetElapsedTime(saidAt) >= s_ping)
            {
                yield return new("{}", PingEvent);
                saidAt = time.GetTimestamp();
            }

            if (!next.IsCompleted)
            {
                continue;
            }

            if (!await next)
            {
                yield break;
            }

            while (watch.Events.TryRead(out var what))
            {
                if (EventFilter.Fits(request, what))
                {
                    yield return new(Write(what), TaskEventName);
                    saidAt = time.GetTimestamp();
                }
            }

            next = WaitAsync(watch.Events, either.Token);
        }
    }

    /// <summary>Whether something has come, or nothing more will.</summary>
    private static async Task<bool> WaitAsync(ChannelReader<TaskEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            return await events.WaitToReadAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private string Write<T>(T value) => JsonSerializer.Serialize(value, json.Value.SerializerOptions);

    private sealed record Look(TaskSnapshot? Snapshot, TaskLogPart Log);

    private sealed record LogLines(IReadOnlyList<string> Lines);

    private sealed record ProgressReport(JsonText Progress);
}
