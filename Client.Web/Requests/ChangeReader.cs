using System.Text.Json;
using static TaskGrid.Requests.JsonValues;
using static TaskGrid.Requests.SettingsMembers;

namespace TaskGrid.Requests;

/// <summary>Reads a change of a waiting task from JSON. Pure.</summary>
internal static class ChangeReader
{
    private static readonly Members<Holder> s_change = new("A change", new Dictionary<string, ReadMember<Holder>>
    {
        ["queue"] = (h, v) => Set(Text(v), x => h.Change = h.Change with { Queue = x }, "A queue's name is a string."),
        ["priority"] = (h, v) => Set(Whole(v), x => h.Change = h.Change with { Priority = x }, "A priority is a whole number."),
        ["dueAt"] = (h, v) => Set(Instant(v), x => h.Change = h.Change with { DueAt = x }, SubmitReader.NoInstant),
    });

    public static Parsed<TaskChange> Read(JsonElement json)
    {
        var holder = new Holder();
        return s_change.Read(holder, json) is { } fault ? new TaskRefusal(fault.Code, fault.Message, fault.Path) : holder.Change;
    }

    private sealed class Holder
    {
        public TaskChange Change { get; set; } = new();
    }
}
