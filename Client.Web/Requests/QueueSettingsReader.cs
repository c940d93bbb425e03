using System.Text.Json;
using static TaskGrid.Requests.JsonValues;
using static TaskGrid.Requests.SettingsMembers;

namespace TaskGrid.Requests;

/// <summary>Reads a queue's settings from JSON. Whether they make sense, the grid decides. Pure.</summary>
internal static class QueueSettingsReader
{
    private static readonly Members<TaskSettings> s_defaults = new("Defaults", Table);

    private static readonly Members<Holder<Limits>> s_limits = new("Limits", new Dictionary<string, ReadMember<Holder<Limits>>>
    {
        ["concurrency"] = (h, v) => Set(Whole(v), x => h.Value = h.Value with { Concurrency = x }, "A concurrency is a whole number."),
        ["rate"] = (h, v) => Set(Rate(v), x => h.Value = h.Value with { Rate = x }, "A rate is a string such as \"100/m\" or \"100/m burst 20\"."),
    });

    private static readonly Members<Holder<QueueSettings>> s_settings = new("A queue's settings", new Dictionary<string, ReadMember<Holder<QueueSettings>>>
    {
        ["defaults"] = (h, v) =>
        {
            var defaults = new TaskSettings();
            h.Value = h.Value with { Defaults = defaults };
            return s_defaults.Read(defaults, v);
        },
        ["limits"] = (h, v) => One(v, x => h.Value = h.Value with { Limits = x }),
        ["taskLimits"] = (h, v) => Map(v, x => h.Value = h.Value with { TaskLimits = x }),
        ["keyLimits"] = (h, v) => Map(v, x => h.Value = h.Value with { KeyLimits = x }),
        ["eachKeyLimits"] = (h, v) => One(v, x => h.Value = h.Value with { EachKeyLimits = x }),
        ["fair"] = (h, v) => Set(Flag(v), x => h.Value = h.Value with { Fair = x }, "Whether lanes take turns is true or false."),
        ["ageingInterval"] = (h, v) => Set(Span(v), x => h.Value = h.Value with { AgeingInterval = x }, "An ageing interval is a number of seconds."),
    });

    /// <summary>The members of a queue's settings.</summary>
    public static IEnumerable<string> Names => s_settings.Names;

    public static Parsed<QueueSettings> Read(JsonElement json)
    {
        var holder = new Holder<QueueSettings>(new());
        return s_settings.Read(holder, json) is { } fault ? new TaskRefusal(fault.Code, fault.Message, fault.Path) : holder.Value;
    }

    private static RateLimit? Rate(JsonElement value) => RateLimit.TryParse(Text(value), null, out var rate) ? rate : null;

    private static MemberFault? One(JsonElement value, Action<Limits> take)
    {
        var limits = new Holder<Limits>(new());
        var fault = s_limits.Read(limits, value);
        take(limits.Value);
        return fault;
    }

    private static MemberFault? Map(JsonElement value, Action<IReadOnlyDictionary<string, Limits>> take)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return "An object is asked for, with limits by name.";
        }

        var map = new Dictionary<string, Limits>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            if (One(member.Value, limits => map[member.Name] = limits) is { } fault)
            {
                return fault with { Path = fault.Path.Length == 0 ? member.Name : $"{member.Name}.{fault.Path}" };
            }
        }

        take(map);
        return null;
    }

    private sealed class Holder<T>(T value)
    {
        public T Value { get; set; } = value;
    }
}
