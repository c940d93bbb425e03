using System.Text.Json;
using TaskGrid.Errors;
using static TaskGrid.Requests.JsonValues;
using static TaskGrid.Requests.SettingsMembers;

namespace TaskGrid.Requests;

/// <summary>Reads a request for many tasks from JSON. Pure.</summary>
internal static class BulkReader
{
    private const string InstantForm = "An instant is RFC 3339 with its offset, such as 2030-01-31T08:00:00Z.";

    private static readonly Members<Holder> s_bulk = new("A bulk operation", new Dictionary<string, ReadMember<Holder>>
    {
        ["action"] = (h, v) => Set(Word<BulkAction>(v), x => h.Action = x, "An action is cancel, purge, move, retry or forget."),
        ["state"] = (h, v) => Set(Word<TaskState>(v), x => h.Request = h.Request with { State = x }, $"A state is one of {string.Join(", ", Enum.GetNames<TaskState>().Select(JsonNamingPolicy.CamelCase.ConvertName))}."),
        ["tag"] = (h, v) => Set(Text(v), x => h.Request = h.Request with { Tag = x }, "A tag is a string."),
        ["queue"] = (h, v) => Set(Text(v), x => h.Request = h.Request with { Queue = x }, "A queue's name is a string."),
        ["task"] = (h, v) => Set(Text(v), x => h.Request = h.Request with { Task = x }, "A task name is a string."),
        ["parent"] = (h, v) => Set(Text(v), x => h.Request = h.Request with { Parent = x }, "The parent is a task's id, a string."),
        ["worker"] = (h, v) => Set(Text(v), x => h.Request = h.Request with { Worker = x }, "A worker's name is a string."),
        ["since"] = (h, v) => Set(Instant(v), x => h.Request = h.Request with { Since = x }, InstantForm),
        ["until"] = (h, v) => Set(Instant(v), x => h.Request = h.Request with { Until = x }, InstantForm),
        ["text"] = (h, v) => Set(Text(v), x => h.Request = h.Request with { Text = x }, "A text is a string."),
        ["target"] = (h, v) => Set(Text(v), x => h.Request = h.Request with { Target = x }, "A queue's name is a string."),
    }, takesNull: false);

    public static Parsed<BulkRequest> Read(JsonElement json)
    {
        var holder = new Holder();
        return s_bulk.Read(holder, json) is { } fault ? new TaskRefusal(fault.Code, fault.Message, fault.Path)
            : holder.Action is { } action ? holder.Request with { Action = action }
            : new TaskRefusal(ApiErrorCodes.InvalidRequest, "Say what to do: the member is missing.", "action");
    }

    private sealed class Holder
    {
        public BulkAction? Action { get; set; }

        public BulkRequest Request { get; set; } = new() { Action = BulkAction.Cancel };
    }
}
