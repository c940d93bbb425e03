using System.Globalization;
using System.Text.Json;

namespace TaskGrid;

/// <summary>The way to the grid's web application.</summary>
internal sealed class HttpTransport(GridApi api) : ITaskTransport
{
    private const string TaskRunning = "task_running";
    private const string AlreadyFinished = "already_finished";
    private const string NotFinished = "not_finished";
    private const string NotFailed = "not_failed";
    private const string PreconditionFailed = "precondition_failed";

    // Half of what the API lets one request wait.
    public TimeSpan LongestWait { get; } = TimeSpan.FromSeconds(30);

    public async Task<SubmitReply[]> SubmitAsync(TaskSubmission[] submissions, CancellationToken cancellationToken)
    {
        if (submissions is [var one])
        {
            var answer = await api.SendAsync(HttpMethod.Post, "tasks", HttpJson.Write(one), TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
            return [answer.Refusal is { } refusal ? new(null, false, refusal) : new(answer.Read<TaskSnapshot>(), !answer.IsReplay, null)];
        }

        var all = new List<SubmitReply>(submissions.Length);
        foreach (var part in HttpBatches.Of(submissions))
        {
            all.AddRange(await SubmitPartAsync(part, all.Count, submissions.Length, cancellationToken).ConfigureAwait(false));
        }

        return [.. all];
    }

    /// <summary>A part of a batch. When it is not all of it, what has no answer is a reply like others: those before it have theirs, and only this is repeated.</summary>
    private async Task<IEnumerable<SubmitReply>> SubmitPartAsync(byte[][] part, int before, int all, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await api.SendAsync(HttpMethod.Post, "tasks/batch", HttpJson.Join(part), TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
            if (answer.Refusal is { } refusal)
            {
                // What comes before it may have been accepted; and one that is too large alone says nothing of the others.
                return before > 0 || (part.Length == 1 && all > 1) ? part.Select(_ => new SubmitReply(null, false, refusal)) : throw new TaskRefusedException(refusal);
            }

            var replies = answer.Read<BatchReply>().Items;
            return replies.Count == part.Length
                ? replies.Select(i => i.ToReply())
                : throw new GridUnavailableException(ErrorCodes.GridUnavailable, "The answer is not one of a grid's web application.");
        }
        catch (GridUnavailableException e) when (part.Length < all)
        {
            return part.Select(_ => new SubmitReply(null, false, new(ErrorCodes.GridUnavailable, e.Message)));
        }
    }

    public Task<TaskSnapshot?> GetSnapshotAsync(string id, CancellationToken cancellationToken) => WaitAsync(id, TimeSpan.Zero, cancellationToken);

    public async Task<TaskSnapshot?> WaitAsync(string id, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var query = timeout > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"?wait={timeout.TotalSeconds:0.###}") : "";
        var answer = await api.SendAsync(HttpMethod.Get, PathOf(id) + query, null, timeout, cancellationToken).ConfigureAwait(false);
        return answer.Refusal?.Code == ErrorCodes.TaskNotFound ? null : Done(answer).Read<TaskSnapshot>();
    }

    public async Task<CancelReply> CancelAsync(string id, CancellationToken cancellationToken)
    {
        var answer = await api.SendAsync(HttpMethod.Post, $"{PathOf(id)}/cancel", null, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        return answer.Refusal?.Code switch
        {
            ErrorCodes.TaskNotFound => new(CancelOutcome.NotFound, null),
            AlreadyFinished => new(CancelOutcome.AlreadyFinished, await GetSnapshotAsync(id, cancellationToken).ConfigureAwait(false)),
            _ => Done(answer).Read<CancelReply>(),
        };
    }

    public async Task<ChangeReply> ChangeAsync(string id, TaskChange change, TaskTouch touch, CancellationToken cancellationToken) =>
        new(await TouchAsync(HttpMethod.Patch, PathOf(id), JsonSerializer.SerializeToUtf8Bytes(change, HttpJson.Options), touch, cancellationToken).ConfigureAwait(false));

    public Task<ChangeOutcome> RetryAsync(string id, TaskTouch touch, CancellationToken cancellationToken) =>
        TouchAsync(HttpMethod.Post, $"{PathOf(id)}/retry", null, touch, cancellationToken);

    public Task<ChangeOutcome> ForgetAsync(string id, CancellationToken cancellationToken) => TouchAsync(HttpMethod.Delete, PathOf(id), null, null, cancellationToken);

    public async Task<TaskLogPart> GetLogAsync(string id, CancellationToken cancellationToken)
    {
        var lines = (await DoAsync(HttpMethod.Get, $"{PathOf(id)}/log", null, cancellationToken).ConfigureAwait(false)).Read<LogReply>().Lines;
        return new(lines, lines.Count);
    }

    public async Task<TaskListReply> ListAsync(TaskListRequest request, CancellationToken cancellationToken)
    {
        var answer = await api.SendAsync(HttpMethod.Get, $"tasks?{QueryOf(request)}", null, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        return answer.Refusal is { } refusal ? new(null, refusal) : new(answer.Read<TaskPage>());
    }

    private async Task<ChangeOutcome> TouchAsync(HttpMethod method, string path, byte[]? body, TaskTouch? touch, CancellationToken cancellationToken)
    {
        var answer = await api.SendAsync(method, path, body, TimeSpan.Zero, cancellationToken, touch).ConfigureAwait(false);
        return answer.Refusal?.Code switch
        {
            null => ChangeOutcome.Changed,
            ErrorCodes.TaskNotFound => ChangeOutcome.NotFound,
            TaskRunning => ChangeOutcome.Running,
            AlreadyFinished => ChangeOutcome.AlreadyFinished,
            NotFinished => ChangeOutcome.Unfinished,
            NotFailed => ChangeOutcome.NotFailed,
            PreconditionFailed => ChangeOutcome.Stale,
            _ => throw new TaskRefusedException(answer.Refusal),
        };
    }

    private async Task<ApiAnswer> DoAsync(HttpMethod method, string path, byte[]? body, CancellationToken cancellationToken) =>
        Done(await api.SendAsync(method, path, body, TimeSpan.Zero, cancellationToken).ConfigureAwait(false));

    private static ApiAnswer Done(ApiAnswer answer) => answer.Refusal is { } refusal ? throw new TaskRefusedException(refusal) : answer;

    private static string PathOf(string id) => $"tasks/{Uri.EscapeDataString(id)}";

    private static string QueryOf(TaskListRequest request)
    {
        var filter = request.Filter;
        (string Name, string? Value)[] all =
        [
            ("state", filter.State?.ToString()), ("queue", filter.Queue), ("task", filter.Task), ("tag", filter.Tag), ("parent", filter.Parent), ("worker", filter.Worker),
            ("since", filter.Since?.ToString("O", CultureInfo.InvariantCulture)), ("until", filter.Until?.ToString("O", CultureInfo.InvariantCulture)),
            ("text", filter.Text), ("limit", request.Limit.ToString(CultureInfo.InvariantCulture)), ("cursor", request.Cursor),
        ];
        return string.Join('&', all.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
    }

    private sealed record LogReply(IReadOnlyList<string> Lines);

    private sealed record BatchReply(IReadOnlyList<BatchItem> Items);

    private sealed record BatchItem(TaskSnapshot? Task, BatchError? Error, bool Replayed = false)
    {
        public SubmitReply ToReply() => Error is { } error ? new(null, false, new(error.Code, error.Detail, error.Field)) : new(Task, !Replayed, null);
    }

    private sealed record BatchError(string Code, string Detail, string? Field);
}
