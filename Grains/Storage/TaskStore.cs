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
}

/// <summary>What to store for a new task.</summary>
internal sealed record NewTask(string Id, string Hash, string Queue, int Priority, TimeSpan Delay, DateTimeOffset? DueAt, TaskDefinition Definition);

/// <summary>The records of tasks. Every method is one atomic operation.</summary>
internal sealed class TaskStore(StoreConnection store)
{
    public async Task<(Acceptance Acceptance, TaskRecord? Record)> AcceptAsync(NewTask task)
    {
        var definition = task.Definition.Encode();
        // 0 stands for "no due instant", so one before 1970 is kept as the first millisecond after.
        var due = task.DueAt is { } at ? Math.Max(1, at.ToUnixTimeMilliseconds()) : 0;
        var reply = await store.WriteAsync(
            "accept", task.Id, task.Hash, task.Queue, task.Definition.Header.Task, task.Priority, (long)task.Delay.TotalMilliseconds, due, definition).ConfigureAwait(false);
        var acceptance = (string?)reply[0] switch
        {
            "ok" => Acceptance.Created,
            "same" => Acceptance.Same,
            "exists" => Acceptance.Exists,
            _ => Acceptance.Forgotten,
        };
        if (acceptance != Acceptance.Created)
        {
            return (acceptance, acceptance == Acceptance.Same ? await ReadAsync(task.Id).ConfigureAwait(false) : null);
        }

        var now = (long)reply[2];
        var line = StateLine.Accepted(task.Priority, place: (long)reply[1], due: (long)reply[3], now, task.Queue, lane: task.Definition.Header.Task, task.Hash);
        return (acceptance, new() { Id = task.Id, ReadAt = now, Line = line, Definition = task.Definition });
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
            _ => throw new InvalidOperationException($"Unknown verdict {verdict}."),
        }).ConfigureAwait(false);
        return (string?)reply[0] == "stale" ? null : ((string)reply[1]!)[0];

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

    /// <summary>Forgets one bucket of finished tasks that is wholly older than <paramref name="keep"/>; false when there is none.</summary>
    public async Task<bool> PruneAsync(char state, TimeSpan keep, TimeSpan idempotencyWindow)
    {
        var reply = await store.WriteAsync("prune", state.ToString(), (long)keep.TotalMilliseconds, (long)idempotencyWindow.TotalMilliseconds).ConfigureAwait(false);
        return (string?)reply[0] == "1";
    }

    private static byte[]? Bytes(RedisResult value)
    {
        var bytes = (byte[]?)value;
        return bytes is { Length: > 0 } ? bytes : null;
    }
}
