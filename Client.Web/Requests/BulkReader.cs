using System.Text.Json;
using TaskGrid.Errors;
using static TaskGrid.Requests.JsonValues;
using static TaskGrid.Requests.SettingsMembers;

namespace TaskGrid.Requests;

/// <summary>Reads a request for many tasks from JSON. Pure.</summary>
internal static class BulkReader
{
    private static readonly Members<Holder> s_bulk = new("A bulk operation", new Dictionary<string, ReadMember<Holder>>
    {
        ["action"] = (h, v) => Set(Word<BulkAction>(v), x => h.Action = x, "An action is cancel, purge, move or retry."),
        ["tag"] = (h, v) => Set(Text(v), x => h.Request = h.Request with { Tag = x }, "A tag is a string."),
        ["queue"] = (h, v) => Set(Text(v), x => h.Request = h.Request with { Queue = x }, "A queue's name is a string."),
        ["task"] = (h, v) => Set(Text(v), x => h.Request = h.Request with { Task = x }, "A task name is a string."),
        ["target"] = (h, v) => Set(Text(v), x => h.Request = h.Request with { Target = x }, "A queue's name is a string."),
    });

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
