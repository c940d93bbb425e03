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
            : holder.Action is { } action ? Check(holder.Request with { Action = action })
            : new TaskRefusal(ApiErrorCodes.InvalidRequest, "Say what to do: the member is missing.", "action");
    }

    // The client has a method for each action, which takes only what goes with it.
    private static Parsed<BulkRequest> Check(BulkRequest request) => request switch
    {
        { Tag: not null, Action: not BulkAction.Cancel } => Option("Only a cancel goes by tag, which finds tasks that are not final: say which queue or task.", "tag"),
        { Queue: null, Action: BulkAction.Purge or BulkAction.Move } => Option("Say which queue: the member is missing.", "queue"),
        { Target: null, Action: BulkAction.Move } => Option("Say where to: the member is missing.", "target"),
        { Target: not null, Action: not BulkAction.Move } => Option("Only a move has a target.", "target"),
        _ => request,
    };

    private static TaskRefusal Option(string message, string field) => new(ErrorCodes.InvalidOption, message, field);

    private sealed class Holder
    {
        public BulkAction? Action { get; set; }

        public BulkRequest Request { get; set; } = new() { Action = BulkAction.Cancel };
    }
}
