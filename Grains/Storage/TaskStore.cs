using System.Text.Json;
using StackExchange.Redis;
using TaskGrid.Tasks;

namespace TaskGrid.Storage;

/// <summary>What accepting came to.</summary>
internal enum Acceptance
{
    /// <summary>A new task.</summary>
    Created,

    /// <summary>The same submission had been accepted before.</summary>
    Same,

    /// <summary>A task with this id and other content exists, or has not been forgotten long enough.</summary>
    Exists,

    /// <summary>The same submission was accepted, has finished and has been forgotten; it is not run again.</summary>
    Forgotten,

    /// <summary>Another task with its deduplication key stands for it.</summary>
    Duplicate,
}

/// <summary>The records of tasks. Every method is one atomic operation.</summary>
internal sealed class TaskStore(StoreConnection store)
{
    public async Task<(Acceptance Acceptance, TaskRecord? Record)> AcceptAsync(NewTask task)
    {
        // 0 stands for "no due instant", so one before 1970 is kept as the first millisecond after.
        var due = task.DueAt is { } at ? Math.Max(1, at.ToUnixTimeMilliseconds()) : 0;
        RedisValue[] plain = [task.Id, task.Hash, task.Queue, task.Lane, task.Priority, (long)task.Delay.TotalMilliseconds, due, task.Definition.Encode()];
        var reply = await store.WriteAsync("accept", task.Terms is { } terms ? [.. plain, .. terms.ToArguments(task.Definition.Header.Task)] : plain).ConfigureAwait(false);
        switch ((string?)reply[0])
        {
            case "ok":
                break;
            case "same":
                return (Acceptance.Same, await ReadAsync(task.Id).ConfigureAwait(false));
            case "duplicate":
                return (Acceptance.Duplicate, await ReadAsync((string)reply[1]!).ConfigureAwait(false));
            case "exists":
                return (Acceptance.Exists, null);
            default:
                return (Acceptance.Forgotten, null);
        }

        var now = (long)reply[2];
        var line = StateLine.Accepted(task.Priority, place: (long)reply[1], due: (long)reply[3], now, task.Queue, task.Lane, task.Hash, (string)reply[4]!);
        return (Acceptance.Created, new() { Id = task.Id, ReadAt = now, Line = line, Definition = task.Definition, Terms = TermsLine.Parse((string?)reply[5]) });
    }

    /// <summary>The record, or <c>null</c> when there is none.</summary>
    public async Task<TaskRecord?> ReadAsync(string id)
    {
        var reply = await store.ReadAsync("read", id).ConfigureAwait(false);
        var line = (string)reply[2]!;
        if (line.Length == 0)
        {
            return null;
        }

        var lease = (string)reply[1]!;
        var definition = Bytes(reply[3]);
        return new()
        {
            Id = id,
            ReadAt = (long)reply[0],
            Line = StateLine.Parse(line),
            Lease = lease.Length == 0 ? null : LeaseLine.Parse(lease),
            Definition = definition is null ? null : TaskDefinition.Decode(definition),
            Result = Bytes(reply[4]),
            Error = Bytes(reply[5]),
            Attempts = Bytes(reply[6]),
            Progress = Bytes(reply[7]),
            Terms = TermsLine.Parse((string?)reply[8]),
        };
    }

    /// <summary>Cancels durably; tells the silo that runs the task when there is one.</summary>
    public async Task<(CancelOutcome Outcome, string? Silo)> CancelAsync(string id, string reason)
    {
        var reply = await store.WriteAsync("cancel", id, reason).ConfigureAwait(false);
        return (string?)reply[0] switch
        {
            "cancelled" => (CancelOutcome.Cancelled, null),
            "requested" => (CancelOutcome.Requested, (string?)reply[1]),
            "final" => (CancelOutcome.AlreadyFinished, null),
            _ => (CancelOutcome.NotFound, null),
        };
    }

    /// <summary>Applies a verdict if the token is that of the lease; asked again with the same token it answers the same.</summary>
    /// <returns>What the task is afterwards, as <see cref="StateLine.Code"/>; <c>null</c> when the token is stale.</returns>
    public async Task<char?> FinishAsync(string id, long token, Verdict verdict, IReadOnlyList<TaskAttempt> attempts)
    {
        var reply = await store.WriteAsync("finish", verdict switch
        {
            Verdict.Succeed v when attempts.Count == 0 => [id, token, "S", v.Result.Utf8],
            Verdict.Succeed v => Finish("S", v.Result.Utf8, 0, "-", null),
            Verdict.Fail v => Finish("F", default, 0, "-", v.Error),
            Verdict.Retry v => Finish("R", default, (long)v.Delay.TotalMilliseconds, "-", v.Error),
            Verdict.Cancel v => Finish("C", default, 0, v.Reason, null),
            Verdict.Snooze v => Finish("Z", default, (long)v.Delay.TotalMilliseconds, "-", null),
            _ => throw new InvalidOperationException($"Unknown verdict {verdict}."),
        }).ConfigureAwait(false);
        return (string?)reply[0] switch
        {
            "stale" => null,
            "restarted" => throw new StoreRestartedException(),
            _ => ((string)reply[1]!)[0],
        };

        RedisValue[] Finish(string outcome, ReadOnlyMemory<byte> result, long delay, string reason, TaskError? error) =>
        [
            id, token, outcome, result, delay, reason,
            error is null ? "" : JsonSerializer.SerializeToUtf8Bytes(error, StoredJson.Default.TaskError),
            attempts.Count == 0 ? "" : JsonSerializer.SerializeToUtf8Bytes([.. attempts], StoredJson.Default.TaskAttemptArray),
        ];
    }

    /// <summary>Keeps the last progress of a running attempt; false when the token is stale.</summary>
    public async Task<bool> ProgressAsync(string id, long token, JsonText value) =>
        (string?)(await store.WriteAsync("progress", id, token, value.Utf8).ConfigureAwait(false))[0] == "ok";

    /// <summary>Adds lines to a task's own log; false when the token is stale.</summary>
    public async Task<bool> LogAsync(string id, long token, IReadOnlyList<string> lines) =>
        (string?)(await store.WriteAsync("log", [id, token, .. lines.Select(l => (RedisValue)l)]).ConfigureAwait(false))[0] == "ok";

    /// <summary>The last lines of a task's own log, oldest first.</summary>
    public async Task<TaskLogPart> ReadLogAsync(string id)
    {
        var reply = await store.ReadAsync("readlog", id).ConfigureAwait(false);
        return new([.. ((RedisResult[])reply[1]!).Select(l => (string)l!)], (long)reply[0]);
    }

    /// <summary>Moves a waiting task to another queue, priority or due instant; what is <c>null</c> stays. Only a waiting one is changed.</summary>
    public async Task<ChangeOutcome> ChangeAsync(string id, TaskTouch touch, string? queue, int? priority, DateTimeOffset? due)
    {
        var reply = await store.WriteAsync(
            "change", id, TaskRecord.StoredVersion(touch.Seen), touch.Operation, queue ?? "", priority is { } p ? p : "",
            due is { } at ? Math.Max(0, at.ToUnixTimeMilliseconds()) : "").ConfigureAwait(false);
        return (string?)reply[0] switch
        {
            "ok" => ChangeOutcome.Changed,
            "running" => ChangeOutcome.Running,
            "final" => ChangeOutcome.AlreadyFinished,
            "stale" => ChangeOutcome.Stale,
            _ => ChangeOutcome.NotFound,
        };
    }

    /// <summary>Lets a failed or cancelled task run again with all its attempts.</summary>
    public async Task<ChangeOutcome> RetryAsync(string id, TaskTouch touch)
    {
        var reply = await store.WriteAsync("retry", id, TaskRecord.StoredVersion(touch.Seen), touch.Operation).ConfigureAwait(false);
        return (string?)reply[0] switch
        {
            "ok" => ChangeOutcome.Changed,
            "unfinished" or "succeeded" => ChangeOutcome.NotFailed,
            "stale" => ChangeOutcome.Stale,
            _ => ChangeOutcome.NotFound,
        };
    }

    /// <summary>Forgets a finished task at once; <c>null</c> when there is none, false when it has not ended.</summary>
    public async Task<bool?> ForgetAsync(string id)
    {
        var reply = await store.WriteAsync(
            "forget", id, (long)Retention.IdempotencyWindow.TotalMilliseconds, (long)Retention.IdempotencyKeyWindow.TotalMilliseconds).ConfigureAwait(false);
        return (string?)reply[0] switch
        {
            "ok" => true,
            "unfinished" => false,
            _ => null,
        };
    }

    /// <summary>Ends waiting tasks whose expiry or deadline has passed; how many there were to look at, at most <paramref name="max"/>.</summary>
    public async Task<int> ExpireAsync(int max) => (int)(long)(await store.WriteAsync("expire", max).ConfigureAwait(false))[1];

    /// <summary>The bucket states with a retention class that have been used: a state's letter, an @, and seconds.</summary>
    public async Task<IReadOnlyList<string>> RetentionClassesAsync() =>
        [.. ((RedisResult[])(await store.ReadAsync("classes").ConfigureAwait(false))[0]!).Select(c => (string)c!)];

    /// <summary>Forgets one bucket of finished tasks that is wholly older than <paramref name="keep"/>; false when there is none.</summary>
    /// <param name="state">A state's letter, or one of <see cref="RetentionClassesAsync"/>.</param>
    /// <param name="keep">How long its tasks are kept.</param>
    /// <param name="window">How long after its acceptance an id stays known.</param>
    /// <param name="keyWindow">The same for one made of an idempotency key.</param>
    public async Task<bool> PruneAsync(string state, TimeSpan keep, TimeSpan window, TimeSpan keyWindow)
    {
        var reply = await store.WriteAsync(
            "prune", state, (long)keep.TotalMilliseconds, (long)window.TotalMilliseconds, (long)keyWindow.TotalMilliseconds).ConfigureAwait(false);
        return (string?)reply[0] == "1";
    }

    private static byte[]? Bytes(RedisResult value)
    {
        var bytes = (byte[]?)value;
        return bytes is { Length: > 0 } ? bytes : null;
    }
}
