using System.Diagnostics;
using System.Text.Json;

namespace TaskGrid.Tasks;

/// <summary>A task as it is stored: the state of its grain.</summary>
internal sealed class TaskRecord
{
    public string Id { get; init; } = "";

    /// <summary>The store's clock when this was read, in Unix milliseconds.</summary>
    public long ReadAt { get; init; }

    public StateLine Line { get; init; }

    public TaskDefinition? Definition { get; init; }

    public LeaseLine? Lease { get; init; }

    public TermsLine Terms { get; init; }

    public byte[]? Result { get; init; }

    public byte[]? Error { get; init; }

    public byte[]? Attempts { get; init; }

    public byte[]? Progress { get; init; }

    /// <summary>A lease whose end is in the record already is left over from a script that was cut.</summary>
    public LeaseLine? Running => !Line.IsFinal && Lease is { } lease && lease.Token > Line.Issued ? lease : null;

    /// <summary>
    /// Grows with each visible change: the record's own version, and within it waiting for the due instant, ready, leased,
    /// asked to stop.
    /// </summary>
    public long Version => (Line.Version * 4) + (Running is { } lease ? (lease.CancelRequested ? 3 : 2) : Line.Due > ReadAt ? 0 : 1);

    /// <summary>The record's own version in a snapshot's.</summary>
    public static long StoredVersion(long version) => version / 4;

    public TaskState State => Line.Code switch
    {
        'S' => TaskState.Succeeded,
        'F' => TaskState.Failed,
        'C' => TaskState.Cancelled,
        _ when Running is not null => TaskState.Running,
        'R' => TaskState.Retrying,
        _ => Line.Due > ReadAt ? TaskState.Scheduled : TaskState.Queued,
    };

    public IReadOnlyList<TaskAttempt> FailedAttempts =>
        Attempts is null ? [] : JsonSerializer.Deserialize(Attempts, StoredJson.Default.TaskAttemptArray)!;

    public TaskSnapshot ToSnapshot() => new()
    {
        Id = Id,
        Task = Definition?.Header.Task ?? Queues.Lane.TaskOf(Line.Lane),
        Queue = Line.Queue,
        Priority = Line.Priority,
        State = State,
        Version = Version,
        Attempt = Running?.Attempt ?? Line.Attempt,
        MaxAttempts = Definition?.Header.Resolve().MaxAttempts ?? 0,
        Interruptions = Line.Interruptions,
        CreatedAt = Instant(Line.Created)!.Value,
        DueAt = Instant(Line.Due),
        StartedAt = Running is { } lease ? Instant(lease.Started) : Instant(Line.Started),
        FinishedAt = Instant(Line.Finished),
        Worker = Running?.Silo ?? (Line.Worker == "-" ? null : Line.Worker),
        Args = Definition?.ShownArgs,
        Progress = Json(Progress),
        Result = Json(Result),
        Error = Error is null || Line.Code is 'S' or 'C' ? null : JsonSerializer.Deserialize(Error, StoredJson.Default.TaskError),
        Reason = Line.Code == 'C' ? Line.Reason : null,
        CancelRequested = Running?.CancelRequested ?? false,
        Attempts = FailedAttempts,
        ExpiresAt = Instant(Terms.Expires),
        DeadlineAt = Instant(Terms.Deadline),
        ConcurrencyKey = Definition?.Meta.ConcurrencyKey,
        Tags = Definition?.Meta.Tags ?? [],
        Headers = Definition?.Meta.Headers,
        ParentId = Definition?.Meta.ParentId,
        RootId = Definition?.Meta.RootId,
        TraceId = ActivityContext.TryParse(Definition?.Meta.TraceParent, null, out var trace) ? trace.TraceId.ToString() : null,
    };

    private static JsonText? Json(byte[]? utf8) => utf8 is null ? null : new JsonText(utf8);

    private static DateTimeOffset? Instant(long milliseconds) =>
        milliseconds == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
