using System.Runtime.InteropServices;
using System.Text.Json;
using TaskGrid.Errors;
using static TaskGrid.Requests.JsonValues;
using static TaskGrid.Requests.SettingsMembers;

namespace TaskGrid.Requests;

/// <summary>
/// Reads a submit from JSON. What can't be read is refused here; whether what was read makes sense, the grid decides. Pure.
/// </summary>
internal static class SubmitReader
{
    private static readonly Members<DeduplicationParts> s_deduplication = new("A deduplication", new Dictionary<string, ReadMember<DeduplicationParts>>
    {
        ["key"] = (d, v) => Set(Text(v), x => d.Value = d.Value with { Key = x }, "A key is a string."),
        ["mode"] = (d, v) => Set(Word<DeduplicationMode>(v), x => d.Value = d.Value with { Mode = x }, "A mode is unique, throttle, debounce or keepLast."),
        ["period"] = (d, v) => Set(Span(v), x => d.Value = d.Value with { Period = x }, "A period is a number of seconds."),
    });

    private static readonly Members<Submit> s_submit = new("A submit", Table());

    /// <summary>The members of a submit.</summary>
    public static IEnumerable<string> Names => s_submit.Names;

    public static Parsed<TaskSubmission> Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return new TaskRefusal(ApiErrorCodes.InvalidRequest, "A submit is a JSON object such as {\"task\": \"add\", \"args\": {\"x\": 2, \"y\": 3}}.", null);
        }

        var submit = new Submit();
        if (s_submit.Read(submit, json) is { } fault)
        {
            return new TaskRefusal(fault.Code, fault.Message, fault.Path);
        }

        return submit.Task is { } task
            ? new TaskSubmission(task, submit.Args ?? new("{}"u8.ToArray()), submit.Options)
            : new TaskRefusal(ApiErrorCodes.InvalidRequest, "Say which task: the member is missing.", "task");
    }

    /// <summary>A name as it may be repeated in an answer.</summary>
    public static string Shorten(string name, int longest = 100) => name.Length <= longest ? name : $"{name[..longest]}...";

    private static Dictionary<string, ReadMember<Submit>> Table()
    {
        var table = new Dictionary<string, ReadMember<Submit>>
        {
            ["task"] = (s, v) => Set(Text(v), x => s.Task = x, "A task name is a string."),
            ["args"] = (s, v) => Set<JsonText>(new JsonText(JsonMarshal.GetRawUtf8Value(v).ToArray()), x => s.Args = x, ""),
            ["id"] = (s, v) => Set(Text(v), x => s.Options.Id = x, "An id is a string."),
            ["idempotencyKey"] = (s, v) => Set(Text(v), x => s.Options.IdempotencyKey = x, "An idempotency key is a string."),
            ["queue"] = (s, v) => Set(Text(v), x => s.Options.Queue = x, "A queue's name is a string."),
            ["delay"] = (s, v) => Set(Span(v), x => s.Options.Delay = x, "A delay is a number of seconds."),
            ["dueAt"] = (s, v) => Set(Instant(v), x => s.Options.DueAt = x, NoInstant),
            ["expiresAt"] = (s, v) => Set(Instant(v), x => s.Options.ExpiresAt = x, NoInstant),
            ["deadlineAt"] = (s, v) => Set(Instant(v), x => s.Options.DeadlineAt = x, NoInstant),
            ["concurrencyKey"] = (s, v) => Set(Text(v), x => s.Options.ConcurrencyKey = x, "A concurrency key is a string."),
            ["deduplication"] = (s, v) =>
            {
                var parts = new DeduplicationParts();
                var wrong = s_deduplication.Read(parts, v);
                s.Options.Deduplication = parts.Value;
                return wrong;
            },
            ["tags"] = (s, v) => Set(Texts(v), x => s.Options.Tags = x, "Tags are an array of strings."),
            ["headers"] = (s, v) => Set(TextMap(v), x => s.Options.Headers = x, "Headers are an object whose members are strings."),
            ["parentId"] = (s, v) => Set(Text(v), x => s.Options.ParentId = x, "An id is a string."),
            ["rootId"] = (s, v) => Set(Text(v), x => s.Options.RootId = x, "An id is a string."),
            ["traceParent"] = (s, v) => Set(Text(v), x => s.Options.TraceParent = x, "A trace parent is a string."),
            ["webhook"] = (s, v) => Set(Text(v), x => s.Options.Webhook = x, "A webhook is a URL."),
            ["traceState"] = (s, v) => Set(Text(v), x => s.Options.TraceState = x, "A trace state is a string."),
        };
        foreach (var (name, read) in SettingsMembers.Table)
        {
            table[name] = (s, v) => read(s.Options, v);
        }

        return table;
    }

    public const string NoInstant = "An instant is a string such as 2026-01-31T09:30:00Z, with its offset (RFC 3339).";

    private sealed class Submit
    {
        public string? Task { get; set; }

        public JsonText? Args { get; set; }

        public SubmitOptions Options { get; } = new();
    }

    private sealed class DeduplicationParts
    {
        public Deduplication Value { get; set; } = new() { Key = "" };
    }
}
