using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TaskGrid.Handlers;

/// <summary>One parameter that is bound from the args.</summary>
internal sealed class Argument(string name, int slot, JsonTypeInfo type)
{
    // JsonText passes through untouched; its converter would parse and write it again.
    private readonly bool _isRaw = type.Type == typeof(JsonText) || type.Type == typeof(JsonText?);

    public string Name => name;

    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(name);

    /// <summary>Its place among the handler's values.</summary>
    public int Slot => slot;

    public JsonTypeInfo Type => type;

    /// <summary>Value types decide on <c>null</c> when they are read.</summary>
    public bool AllowsNull { get; init; }

    public bool IsOptional { get; init; }

    /// <summary>Whether only the handler sees it.</summary>
    public bool IsSensitive { get; init; }

    /// <summary>What it is when it was not given; of its exact type, so that it can be unboxed.</summary>
    public object? Default { get; init; }

    /// <summary>Reads the value whose first token the reader is on, and leaves the reader on its last.</summary>
    /// <exception cref="Exception">Any: constructors and converters of the parameter's type run here.</exception>
    public object? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (_isRaw)
        {
            return Copy(ref reader, source);
        }

        // Checked on every submit: the serializer reads a value twice, which the commonest types need not wait for.
        return reader.TokenType switch
        {
            JsonTokenType.Number when type.Type == typeof(int) && reader.TryGetInt32(out var number) => number,
            JsonTokenType.Number when type.Type == typeof(long) && reader.TryGetInt64(out var number) => number,
            JsonTokenType.String when type.Type == typeof(string) => reader.GetString(),
            _ => JsonSerializer.Deserialize(ref reader, type),
        };
    }

    private static JsonText Copy(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return new(source[start..(int)reader.BytesConsumed].ToArray());
    }

    /// <summary>A default as reflection gives it: <c>null</c> for a struct's <c>default</c>, a number for a nullable enum.</summary>
    public static object? DefaultOf(Type type, object? value)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return value switch
        {
            null when type.IsValueType && plain == type => Activator.CreateInstance(type),
            not null when plain.IsEnum => Enum.ToObject(plain, value),
            _ => value,
        };
    }
}
