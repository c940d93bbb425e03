using System.Text.Json;
using TaskGrid.Errors;
using static TaskGrid.Requests.JsonValues;
using static TaskGrid.Requests.SettingsMembers;

namespace TaskGrid.Requests;

/// <summary>What a new key is to be.</summary>
internal sealed record KeyRequest
{
    /// <summary>What people call it, 1 to 100 characters.</summary>
    public required string Name { get; init; }

    /// <summary>What it may be used for: <c>submit</c>, <c>read</c>, <c>operate</c>, <c>admin</c>.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>The queues that it is limited to, names or beginnings with a <c>*</c> at the end; left out or empty: all.</summary>
    public IReadOnlyList<string>? Queues { get; init; }

    /// <summary>The task names that it is limited to, likewise.</summary>
    public IReadOnlyList<string>? Tasks { get; init; }

    /// <summary>From when on it is none any more; left out: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>Reads a request for a key from JSON. Pure.</summary>
internal static class KeyReader
{
    private const int LongestName = 100;
    private const int MostPatterns = 100;
    private const double LongestOverlap = 31 * 86400;

    private static readonly Members<Asked> s_key = new("A key", new Dictionary<string, ReadMember<Asked>>
    {
        ["name"] = (a, v) => Set(Text(v) is { Length: > 0 and <= LongestName } name && !name.Any(char.IsControl) ? name : null, x => a.Name = x, $"A name has 1 to {LongestName} characters."),
        ["roles"] = (a, v) => Set(Roles(v), x => a.Roles = x, "Roles are an array of submit, read, operate and admin, at least one."),
        ["queues"] = (a, v) => Set(Patterns(v), x => a.Queues = x, Advice),
        ["tasks"] = (a, v) => Set(Patterns(v), x => a.Tasks = x, Advice),
        ["expiresAt"] = (a, v) => Set(Instant(v), x => a.ExpiresAt = x, SubmitReader.NoInstant),
    });

    private static readonly Members<Overlap> s_rotation = new("A rotation", new Dictionary<string, ReadMember<Overlap>>
    {
        ["overlap"] = (o, v) => Set(Number(v) is >= 0 and <= LongestOverlap ? Span(v) : null, x => o.Value = x, "An overlap is a number of seconds, at most 31 days."),
    });

    private const string Advice = "At most 100 names, or beginnings of names with a * at the end.";

    /// <summary>Reads what a new key is to be.</summary>
    public static Parsed<StoredApiKey> Read(JsonElement json, string id, string hash, DateTimeOffset now)
    {
        var asked = new Asked();
        return s_key.Read(asked, json) is { } fault ? new TaskRefusal(fault.Code, fault.Message, fault.Path)
            : asked.Name is null ? new TaskRefusal(ApiErrorCodes.InvalidRequest, "Give it a name: the member is missing.", "name")
            : asked.Roles is null ? new TaskRefusal(ApiErrorCodes.InvalidRequest, "Say what it may be used for: the member is missing.", "roles")
            : asked.ExpiresAt <= now ? new TaskRefusal(ApiErrorCodes.InvalidRequest, "It would have expired already.", "expiresAt")
            : asked.Roles.Contains(AccessRole.Admin) && (asked.Queues.Count > 0 || asked.Tasks.Count > 0)
                ? new TaskRefusal(ApiErrorCodes.InvalidRequest, "An admin can make keys, and so can't be limited to some queues or tasks.", "roles")
            : new StoredApiKey { Id = id, Hash = hash, Name = asked.Name, Roles = asked.Roles, Queues = asked.Queues, Tasks = asked.Tasks, CreatedAt = now, ExpiresAt = asked.ExpiresAt };
    }

    /// <summary>Reads how long the old key stays beside the new one.</summary>
    public static Parsed<TimeSpan> ReadOverlap(JsonElement json)
    {
        var overlap = new Overlap();
        return s_rotation.Read(overlap, json) is { } fault ? new TaskRefusal(fault.Code, fault.Message, fault.Path) : overlap.Value;
    }

    private static List<AccessRole>? Roles(JsonElement value) =>
        Texts(value) is { Count: > 0 } && value.EnumerateArray().Select(Word<AccessRole>).ToList() is var roles && roles.All(r => r is not null)
            ? [.. roles.Select(r => r!.Value).Distinct()]
            : null;

    private static List<string>? Patterns(JsonElement value) =>
        Texts(value) is { Count: <= MostPatterns } patterns && patterns.All(p => NamePattern.IsValid(p, name => QueueNames.Check(name) is null)) ? [.. patterns] : null;

    private sealed class Asked
    {
        public string? Name { get; set; }

        public List<AccessRole>? Roles { get; set; }

        public List<string> Queues { get; set; } = [];

        public List<string> Tasks { get; set; } = [];

        public DateTimeOffset? ExpiresAt { get; set; }
    }

    private sealed class Overlap
    {
        public TimeSpan Value { get; set; } = TimeSpan.FromDays(1);
    }
}
