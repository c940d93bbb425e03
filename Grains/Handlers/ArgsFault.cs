using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TaskGrid.Handlers;

/// <summary>Why args do not fit, in the words of whoever submits: places in the JSON rather than CLR types.</summary>
internal static class ArgsFault
{
    private const int MaxCause = 500;

    public static TaskRefusal NotArgs(Utf8JsonReader value) =>
        At(ArgsPlace.Root, $"must be an object (by name) or an array (by position), not {JsonForm.Given(value)}.");

    public static TaskRefusal NotJson(ArgsPlace place) => At(place, "is not valid JSON, or is nested deeper than 64 levels.");

    public static TaskRefusal Unknown(ArgsPlace place, IEnumerable<string> known) => At(place, $"is unknown; {Known(known)}");

    public static TaskRefusal TooMany(ArgsPlace place, IEnumerable<string> known) => At(place, $"is one too many; {Known(known)}");

    public static TaskRefusal Twice(ArgsPlace place) => At(place, "is given twice.");

    public static TaskRefusal Missing(ArgsPlace place, Type type) => At(place, $"is missing; it must be {JsonForm.Expected(type)}.");

    public static TaskRefusal WrongForm(ArgsPlace place, Type type, Utf8JsonReader value) =>
        value.TokenType == JsonTokenType.String && type == typeof(string)
            ? At(place, "is not valid Unicode text.")
            : At(place, $"must be {JsonForm.Expected(type)}, not {JsonForm.Given(value)}.");

    /// <summary>Finds where a value could not be read; the reader is on its first token.</summary>
    public static TaskRefusal Find(Utf8JsonReader value, JsonTypeInfo type, ArgsPlace place, Exception cause)
    {
        try
        {
            ReadOn(value);
            return JsonForm.IsScalar(type.Type)
                ? WrongForm(place, type.Type, value)
                : ArgsFaultFinder.Walk(ref value, type, place) ?? Refused(place, cause);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return NotJson(ArgsPlace.Root);
        }
    }

    /// <summary>The same of an argument that only the handler sees: not what it was, nor where in it. A task that fails over it shows this to everybody.</summary>
    public static TaskRefusal Hide(TaskRefusal refusal, ArgsPlace place, Type type) =>
        refusal.Field == ArgsPlace.Root.Field ? refusal : At(place, $"must be {JsonForm.Expected(type)}; what it was is for the handler alone.");

    /// <summary>What is left is what the user's own types refuse: a constructor that validates, a converter.</summary>
    public static TaskRefusal Refused(ArgsPlace place, Exception cause) =>
        At(place, $"was refused: {(cause.Message.Length > MaxCause ? cause.Message[..MaxCause] : cause.Message)}");

    // Throws when the text is broken further on, which may be all that is wrong.
    private static void ReadOn(Utf8JsonReader value)
    {
        while (value.Read())
        {
        }
    }

    private static TaskRefusal At(ArgsPlace place, string problem) =>
        new(ErrorCodes.InvalidArguments, $"{place} {problem}", place.Field);

    private static string Known(IEnumerable<string> names) =>
        string.Join(", ", names) is { Length: > 0 } list ? $"the task takes {list}." : "the task takes none.";
}
