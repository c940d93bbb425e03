using System.Text.Json;
using System.Text.Json.Nodes;
using TaskGrid.Tasks;

namespace TaskGrid.Handlers;

/// <summary>Binds args to parameters one by one: by name from a JSON object, by position from a JSON array.</summary>
internal sealed class ParameterArgs(Argument[] arguments) : IArgsBinder
{
    private static readonly object s_missing = new();

    public JsonNode Schema => TaskSchema.Of(arguments);

    public IReadOnlyList<SensitiveArg> Sensitive => [.. arguments.Index().Where(a => a.Item.IsSensitive).Select(a => new SensitiveArg(a.Item.Name, a.Index))];

    public TaskRefusal? Bind(JsonText args, object?[] values)
    {
        foreach (var argument in arguments)
        {
            values[argument.Slot] = s_missing;
        }

        var utf8 = args.Utf8.Span;
        var reader = new Utf8JsonReader(utf8);
        try
        {
            return Bind(ref reader, utf8, values) ?? (reader.Read() ? ArgsFault.NotJson(ArgsPlace.Root) : null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return ArgsFault.NotJson(ArgsPlace.Root);
        }
    }

    private TaskRefusal? Bind(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, object?[] values)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => ByName(ref reader, utf8, values) ?? FillIn(values, byName: true),
            JsonTokenType.StartArray => ByPosition(ref reader, utf8, values) ?? FillIn(values, byName: false),
            _ => ArgsFault.NotArgs(reader),
        };
    }

    private TaskRefusal? ByName(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, object?[] values)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (IndexOf(reader) is not (>= 0 and var index))
            {
                return ArgsFault.Unknown(ArgsPlace.Root.Member(reader.GetString()!), arguments.Select(a => a.Name));
            }

            if (values[arguments[index].Slot] != s_missing)
            {
                return ArgsFault.Twice(PlaceOf(index, byName: true));
            }

            reader.Read();
            if (Read(ref reader, utf8, index, values, byName: true) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private TaskRefusal? ByPosition(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, object?[] values)
    {
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (i == arguments.Length)
            {
                return ArgsFault.TooMany(ArgsPlace.Root.Element(i), arguments.Select(a => a.Name));
            }

            if (Read(ref reader, utf8, i, values, byName: false) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private TaskRefusal? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, int index, object?[] values, bool byName)
    {
        var argument = arguments[index];
        if (reader.TokenType == JsonTokenType.Null && !argument.AllowsNull)
        {
            return ArgsFault.WrongForm(PlaceOf(index, byName), argument.Type.Type, reader);
        }

        var start = reader;
        try
        {
            values[argument.Slot] = argument.Read(ref reader, utf8);
            return null;
        }
        catch (Exception cause)
        {
            var refusal = ArgsFault.Find(start, argument.Type, PlaceOf(index, byName), cause);
            return argument.IsSensitive ? ArgsFault.Hide(refusal, PlaceOf(index, byName), argument.Type.Type) : refusal;
        }
    }

    private TaskRefusal? FillIn(object?[] values, bool byName)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            if (values[argument.Slot] != s_missing)
            {
                continue;
            }

            if (!argument.IsOptional)
            {
                return ArgsFault.Missing(PlaceOf(i, byName), argument.Type.Type);
            }

            values[argument.Slot] = argument.Default;
        }

        return null;
    }

    private int IndexOf(Utf8JsonReader reader)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            if (reader.ValueTextEquals(arguments[i].Utf8Name))
            {
                return i;
            }
        }

        return -1;
    }

    private ArgsPlace PlaceOf(int index, bool byName) =>
        byName ? ArgsPlace.Root.Member(arguments[index].Name) : ArgsPlace.Root.Element(index, arguments[index].Name);
}
