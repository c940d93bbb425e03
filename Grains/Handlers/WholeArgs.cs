using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using TaskGrid.Tasks;

namespace TaskGrid.Handlers;

/// <summary>Reads the whole args as one value: a JSON object as it is, a JSON array as its constructor's parameters.</summary>
internal sealed class WholeArgs : IArgsBinder
{
    private readonly int _slot;
    private readonly JsonTypeInfo _type;
    private readonly Argument[] _constructor;
    private readonly ParameterArgs _positional;

    public WholeArgs(int slot, JsonTypeInfo type)
    {
        _slot = slot;
        _type = type;
        _constructor = [.. type.Properties
            .Where(p => p.AssociatedParameter is not null)
            .OrderBy(p => p.AssociatedParameter!.Position)
            .Select((p, i) => OfConstructor(p, i, p.AssociatedParameter!))];
        _positional = new(_constructor);
        Sensitive = [.. SensitiveMembers.NamesIn(type).Select(n => new SensitiveArg(n, PositionOf(n)))];
    }

    public JsonNode Schema => TaskSchema.Of(_type.Type, Sensitive);

    public IReadOnlyList<SensitiveArg> Sensitive { get; }

    public TaskRefusal? Bind(JsonText args, object?[] values)
    {
        var reader = new Utf8JsonReader(args.Utf8.Span);
        try
        {
            reader.Read();
            return reader.TokenType switch
            {
                JsonTokenType.StartObject => BindObject(reader, args.Utf8.Span, values),
                JsonTokenType.StartArray => BindArray(args, values),
                _ => ArgsFault.NotArgs(reader),
            };
        }
        catch (JsonException)
        {
            return ArgsFault.NotJson(ArgsPlace.Root);
        }
    }

    private TaskRefusal? BindObject(Utf8JsonReader start, ReadOnlySpan<byte> utf8, object?[] values)
    {
        try
        {
            values[_slot] = JsonSerializer.Deserialize(utf8, _type);
            return null;
        }
        catch (Exception cause)
        {
            return ArgsFault.Find(start, _type, ArgsPlace.Root, cause);
        }
    }

    private TaskRefusal? BindArray(JsonText args, object?[] values)
    {
        if (_positional.Bind(args, new object?[_constructor.Length]) is { } refusal)
        {
            return refusal;
        }

        var named = Name(args.Utf8.Span);
        var reader = new Utf8JsonReader(named);
        reader.Read();
        return BindObject(reader, named, values);
    }

    /// <summary>The object that gives an array's elements the names of the constructor's parameters.</summary>
    private ReadOnlySpan<byte> Name(ReadOnlySpan<byte> array)
    {
        var buffer = new ArrayBufferWriter<byte>(array.Length + 64);
        using var writer = new Utf8JsonWriter(buffer);
        var reader = new Utf8JsonReader(array);
        reader.Read();
        writer.WriteStartObject();
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            writer.WritePropertyName(_constructor[i].Name);
            writer.WriteRawValue(array[start..(int)reader.BytesConsumed], skipInputValidation: true);
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan;
    }

    private int? PositionOf(string name) => Array.FindIndex(_constructor, a => a.Name == name) is >= 0 and var position ? position : null;

    private static Argument OfConstructor(JsonPropertyInfo member, int slot, JsonParameterInfo parameter) =>
        new(member.Name, slot, ArgsJson.Options.GetTypeInfo(parameter.ParameterType))
        {
            AllowsNull = parameter.IsNullable || parameter.ParameterType.IsValueType,
            IsOptional = parameter.HasDefaultValue,
            IsSensitive = SensitiveMembers.IsSensitive(member),
        };
}
