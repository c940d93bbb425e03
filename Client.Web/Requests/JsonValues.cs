using System.Text.Json;

namespace TaskGrid.Requests;

/// <summary>Reads single JSON values; <c>null</c> when the value is of another kind. Numbers out of reach are brought to where the grid still refuses them, with its own code.</summary>
internal static class JsonValues
{
    public static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static int? Whole(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && number == Math.Floor(number)
            ? number > int.MaxValue ? int.MaxValue - 1 : (int)Math.Max(number, int.MinValue)
            : null;

    public static double? Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    public static bool? Flag(JsonElement value) => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null;

    /// <summary>A number of seconds, fractions allowed.</summary>
    public static TimeSpan? Span(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number ? TimeSpan.FromSeconds(Math.Clamp(value.GetDouble(), -1e10, 1e10)) : null;

    /// <summary>RFC 3339 with an offset: without one it would be read as the server's local time.</summary>
    public static DateTimeOffset? Instant(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var instant) && HasOffset(value.GetString()!) ? instant : null;

    /// <summary>A name of an enumeration, in any case.</summary>
    public static TEnum? Word<TEnum>(JsonElement value)
        where TEnum : struct, Enum => Array.FindIndex(Enum.GetNames<TEnum>(), n => n.Equals(Text(value), StringComparison.OrdinalIgnoreCase)) is >= 0 and var index
            ? Enum.GetValues<TEnum>()[index]
            : null;

    /// <summary>A list of strings.</summary>
    public static IReadOnlyList<string>? Texts(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String)
            ? value.EnumerateArray().Select(v => v.GetString()!).ToArray()
            : null;

    /// <summary>A list of numbers of seconds.</summary>
    public static IReadOnlyList<TimeSpan>? Spans(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.Number)
            ? value.EnumerateArray().Select(v => Span(v)!.Value).ToArray()
            : null;

    /// <summary>An object whose members are strings.</summary>
    public static IReadOnlyDictionary<string, string>? TextMap(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(p => p.Value.ValueKind == JsonValueKind.String)
            ? value.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!, StringComparer.Ordinal)
            : null;

    private static bool HasOffset(string text) => text.EndsWith('Z') || (text.Contains('T') && text[^6] is '+' or '-');
}
