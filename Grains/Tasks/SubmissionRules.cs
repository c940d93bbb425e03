using System.Text.Json;
using TaskGrid.Handlers;

namespace TaskGrid.Tasks;

/// <summary>What every submission must satisfy, whatever the task. Pure.</summary>
internal static class SubmissionRules
{
    private const int MaxHeaders = 50;
    private const int MaxHeaderBytes = 8192;
    private const string Own = "begins with 'taskgrid.' are the grid's own.";

    /// <summary>The first rule that is broken, or <c>null</c>.</summary>
    public static TaskRefusal? Check(TaskSubmission submission, int maxArgsBytes)
    {
        var options = submission.Options;
        return submission switch
        {
            _ when !Names.IsValidTaskName(submission.Task) =>
                new(ErrorCodes.InvalidTaskName, "A task name has 1 to 100 letters, digits, '_', '.' or '-'.", "task"),
            _ when Names.IsOwn(submission.Task) => new(ErrorCodes.InvalidTaskName, $"Tasks whose name {Own}", "task"),
            _ when options.IdempotencyKey is { } key && !SettingsRules.IsText(key, 250) =>
                new(ErrorCodes.InvalidOption, "An idempotency key has 1 to 250 characters.", "idempotencyKey"),
            _ when options.IdempotencyKey is { } key && options.Id != IdempotencyKeys.IdOf(key, options.IdempotencyScope) =>
                new(ErrorCodes.InvalidOption, "Give an id or an idempotency key, which determines the id; not both.", "id"),
            _ when options.Id is null || !Names.IsValidId(options.Id) =>
                new(ErrorCodes.InvalidId, "An id has 1 to 128 letters, digits, '_', '.' or '-'.", "id"),
            _ when Names.IsOwn(options.Id) => new(ErrorCodes.InvalidId, $"Tasks whose id {Own}", "id"),
            _ when options.Queue is { } queue && Names.IsOwn(queue) => new(ErrorCodes.InvalidQueue, $"Queues whose name {Own}", "queue"),
            _ when options.Queue is { } queue && !Names.IsValidQueue(queue) =>
                new(ErrorCodes.InvalidQueue, "A queue's name has 1 to 100 letters, digits, '_', '.' or '-'.", "queue"),
            _ when options.Delay is { } delay && (delay < TimeSpan.Zero || delay > SettingsRules.Longest) =>
                new(ErrorCodes.InvalidDelay, "A delay is between 0 and 10 years.", "delay"),
            _ when options.Delay is not null && options.DueAt is not null =>
                new(ErrorCodes.InvalidDelay, "Give a delay or a due instant, not both.", "dueAt"),
            _ when submission.Args.Length > maxArgsBytes =>
                new(ErrorCodes.ArgumentsTooLarge, $"The arguments have {submission.Args.Length} bytes; {maxArgsBytes} are taken at most.", "args"),
            _ => CheckOptions(options) ?? CheckShape(submission.Args),
        };
    }

    private static TaskRefusal? CheckOptions(SubmitOptions options) =>
        SettingsRules.Check(options) is { } setting ? new(setting.Code, setting.ToString(), setting.Field)
        : SettingsRules.CheckTags(options.Tags) is { } tags ? new(tags.Code, tags.ToString(), tags.Field)
        : options switch
        {
            { ExpiresAt: not null, ExpiresAfter: not null } => Option("Give the instant or the time after which it expires, not both.", "expiresAt"),
            { DeadlineAt: not null, DeadlineAfter: not null } => Option("Give the instant or the time of the deadline, not both.", "deadlineAt"),
            { ConcurrencyKey: { } key } when !SettingsRules.IsText(key, 128) => Option("A concurrency key has 1 to 128 characters.", "concurrencyKey"),
            { Headers: { } headers } when headers.Count > MaxHeaders || headers.Any(h => !SettingsRules.IsText(h.Key, 100) || h.Value is null)
                || headers.Sum(h => h.Value.Length) > MaxHeaderBytes => Option("A task has at most 50 headers with names of 1 to 100 characters, and 8192 characters of values in all.", "headers"),
            { ParentId: { } parent } when !Names.IsValidId(parent) => Option("A parent is the id of a task.", "parentId"),
            { RootId: { } root } when !Names.IsValidId(root) => Option("A root is the id of a task.", "rootId"),
            { TraceParent.Length: > 100 } or { TraceState.Length: > 512 } => Option("A trace context is longer than W3C allows.", "traceParent"),
            { Deduplication: { } dedup } => CheckDeduplication(dedup),
            _ => null,
        };

    private static TaskRefusal? CheckDeduplication(Deduplication dedup) => dedup switch
    {
        _ when !SettingsRules.IsText(dedup.Key, 128) => Option("A deduplication key has 1 to 128 characters.", "deduplication.key"),
        { Mode: DeduplicationMode.Throttle or DeduplicationMode.Debounce, Period: null } => Option("Throttle and debounce need a period.", "deduplication.period"),
        { Mode: DeduplicationMode.Unique or DeduplicationMode.KeepLast, Period: not null } => Option("Only throttle and debounce have a period.", "deduplication.period"),
        { Period: { } period } when period < TimeSpan.FromMilliseconds(1) || period > TimeSpan.FromDays(365) => Option("A period is between 1 ms and 365 days.", "deduplication.period"),
        _ => null,
    };

    private static TaskRefusal Option(string message, string field) => new(ErrorCodes.InvalidOption, message, field);

    private static TaskRefusal? CheckShape(JsonText args)
    {
        try
        {
            var reader = new Utf8JsonReader(args.Utf8.Span);
            reader.Read();
            var isShape = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
            reader.Skip();
            return isShape && !reader.Read() ? null : NoShape();
        }
        catch (JsonException)
        {
            return NoShape();
        }
    }

    private static TaskRefusal NoShape() =>
        new(ErrorCodes.InvalidArguments, "Arguments are a JSON object (by name) or array (by position).", "args");
}
