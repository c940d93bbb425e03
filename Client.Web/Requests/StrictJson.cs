using System.Text.Json;
using System.Text.Unicode;
using TaskGrid.Errors;

namespace TaskGrid.Requests;

/// <summary>
/// JSON as RFC 8259 has it and no more: one value in valid UTF-8 with paired surrogates, without comments, trailing commas or
/// names that occur twice. Pure.
/// </summary>
internal static class StrictJson
{
    /// <summary>The value, which keeps the exact text of every number and string in it.</summary>
    public static Parsed<JsonElement> Parse(byte[] utf8)
    {
        if (utf8.Length == 0)
        {
            return Refuse("The body is empty.");
        }

        if (!Utf8.IsValid(utf8))
        {
            return Refuse("The body is not valid UTF-8.");
        }

        try
        {
            if (FindLoneSurrogate(utf8) is { } at)
            {
                return RefuseAt(utf8, at, "A \\u escape is half of a surrogate pair.");
            }

            return JsonDocument.Parse(utf8, new() { MaxDepth = RequestLimits.MaxDepth, AllowDuplicateProperties = false }).RootElement;
        }
        catch (JsonException e)
        {
            return Refuse(Describe(e));
        }
    }

    /// <summary>Reads all of it, so that what is wrong with the syntax is found here as well.</summary>
    private static long? FindLoneSurrogate(byte[] utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = RequestLimits.MaxDepth });
        while (reader.Read())
        {
            if (reader.ValueIsEscaped && !IsText(ref reader))
            {
                return reader.TokenStartIndex;
            }
        }

        return null;
    }

    private static bool IsText(ref Utf8JsonReader reader)
    {
        try
        {
            reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    // The reader's message ends in its own zero-based place, and advice to who wrote the reader.
    private static string Describe(JsonException e)
    {
        var message = e.Message;
        foreach (var tail in (string[])[" Path: ", " LineNumber: ", " Change the reader options."])
        {
            message = message.IndexOf(tail, StringComparison.Ordinal) is > 0 and var end ? message[..end] : message;
        }

        return e.LineNumber is { } line ? $"{message} (line {line + 1}, byte {e.BytePositionInLine + 1})" : message;
    }

    private static TaskRefusal RefuseAt(byte[] utf8, long at, string message)
    {
        var before = utf8.AsSpan(0, (int)at);
        return Refuse($"{message} (line {before.Count((byte)'\n') + 1}, byte {before.Length - before.LastIndexOf((byte)'\n')})");
    }

    private static TaskRefusal Refuse(string message) => new(ApiErrorCodes.InvalidJson, message);
}
