using System.Globalization;
using System.Text.Json;
using TaskGrid.Errors;

namespace TaskGrid.Requests;

/// <summary>Reads the parameters of a query: each at most once, and none that nobody asks for. Pure.</summary>
internal static class QueryValues
{
    // A script that goes from page to page begins with none.
    private const string Cursor = "cursor";

    /// <summary>What is wrong with the parameters, whatever they mean: an empty one is a filter that somebody meant to have.</summary>
    public static TaskRefusal? CheckNames(IQueryCollection query, IReadOnlyCollection<string> known) =>
        query.Keys.FirstOrDefault(name => !known.Contains(name)) is { } odd ? new(ApiErrorCodes.UnknownField, known.Count == 0 ? $"There is no parameter '{odd}' here, nor any other." : $"There is no parameter '{odd}' here; there are {string.Join(", ", known)}.", odd)
        : query.FirstOrDefault(p => p.Value is [""] && p.Key != Cursor).Key is { } empty ? new(ApiErrorCodes.InvalidRequest, $"'{empty}' is empty: leave it out, or say which.", empty)
        : query.FirstOrDefault(p => p.Value.Count > 1).Key is { } twice ? new(ApiErrorCodes.InvalidRequest, $"'{twice}' is there more than once.", twice)
        : null;

    /// <summary>A whole number within its bounds.</summary>
    public static Parsed<long?> Whole(IQueryCollection query, string name, long? absent, long least, long most)
    {
        var asked = query[name];
        return asked.Count == 0 ? absent
            : asked.Count == 1 && long.TryParse(asked[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
            : new TaskRefusal(ApiErrorCodes.InvalidRequest, $"A {name} is a whole number from {least} to {most}.", name);
    }

    /// <summary>A word of an enumeration, in any case.</summary>
    public static Parsed<T?> Word<T>(IQueryCollection query, string name)
        where T : struct, Enum =>
        Text(query, name) is not { } text ? (T?)null
        : Enum.GetNames<T>().FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } word ? Enum.Parse<T>(word)
        : new TaskRefusal(ApiErrorCodes.InvalidRequest, $"A {name} is one of {string.Join(", ", Enum.GetNames<T>())}.", name);

    /// <summary>An instant as in JSON: ISO 8601 with its offset.</summary>
    public static Parsed<DateTimeOffset?> Instant(IQueryCollection query, string name) =>
        Text(query, name) is not { } text ? (DateTimeOffset?)null
        : JsonValues.Instant(JsonSerializer.SerializeToElement(text)) is { } instant ? instant
        : new TaskRefusal(ApiErrorCodes.InvalidRequest, $"{name} is an instant with its offset, or a Z, such as 2030-01-31T08:00:00Z; a + is written %2B.", name);

    /// <summary>Any text; nothing is none.</summary>
    public static string? Text(IQueryCollection query, string name) => query[name] is [{ Length: > 0 } text] ? text : null;
}
