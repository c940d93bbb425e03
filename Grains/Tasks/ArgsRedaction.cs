using System.Buffers;
using System.Text.Json;

namespace TaskGrid.Tasks;

/// <summary>Arguments as everybody but the handler sees them. Pure.</summary>
internal static class ArgsRedaction
{
    private static readonly byte[] s_hidden = "\"[hidden]\""u8.ToArray();

    /// <summary>What stands in the place of an argument, or of all of them.</summary>
    public static JsonText Hidden { get; } = new(s_hidden);

    /// <summary>Hides some arguments and leaves the text of all others as it is. What the marked ones can't be told apart in is hidden as a whole.</summary>
    public static JsonText Hide(JsonText args, IReadOnlyList<SensitiveArg> sensitive)
    {
        // A list reads records without them.
        if (args.Length == 0)
        {
            return args;
        }

        try
        {
            return Hide(args.Utf8.Span, sensitive) is { } shown ? new(shown) : Hidden;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Hidden;
        }
    }

    private static byte[]? Hide(ReadOnlySpan<byte> args, IReadOnlyList<SensitiveArg> sensitive)
    {
        var reader = new Utf8JsonReader(args);
        reader.Read();
        var isByName = reader.TokenType == JsonTokenType.StartObject;
        if (!isByName && (reader.TokenType != JsonTokenType.StartArray || sensitive.Any(s => s.Position is null)))
        {
            return null;
        }

        var shown = new ArrayBufferWriter<byte>(args.Length + s_hidden.Length);
        var written = 0;
        for (var position = 0; reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray); position++)
        {
            var isHidden = isByName ? IsNamed(reader.GetString()!, sensitive) : IsAt(position, sensitive);
            if (isByName)
            {
                reader.Read();
            }

            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isHidden)
            {
                shown.Write(args[written..start]);
                shown.Write(s_hidden);
                written = (int)reader.BytesConsumed;
            }
        }

        // Throws when there is something behind them, which nothing has looked at.
        reader.Read();
        shown.Write(args[written..]);
        return shown.WrittenSpan.ToArray();
    }

    // In any case: arguments are not checked where no handler is, and one that its handler is going to refuse for its spelling is the same secret.
    private static bool IsNamed(string name, IReadOnlyList<SensitiveArg> sensitive) => sensitive.Any(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static bool IsAt(int position, IReadOnlyList<SensitiveArg> sensitive) => sensitive.Any(s => s.Position == position);
}
