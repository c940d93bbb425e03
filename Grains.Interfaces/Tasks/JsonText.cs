using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TaskGrid;

/// <summary>
/// A JSON value kept as the UTF-8 text it travels as: arguments, progress and results pass through the grid
/// without being turned into objects, so any language can write and read them.
/// </summary>
[GenerateSerializer, Immutable, Alias("taskgrid.json")]
[JsonConverter(typeof(Converter))]
public readonly struct JsonText : IEquatable<JsonText>
{
    private static readonly byte[] s_null = "null"u8.ToArray();

    [Id(0)]
    private readonly byte[]? _utf8;

    /// <summary>Wraps text that is known to be one valid JSON value; it is not checked here.</summary>
    public JsonText(byte[] utf8) => _utf8 = utf8;

    /// <summary>The JSON value as UTF-8; <c>null</c> where none was given.</summary>
    public ReadOnlyMemory<byte> Utf8 => _utf8 ?? s_null;

    /// <summary>The length in bytes of the UTF-8 text.</summary>
    public int Length => _utf8?.Length ?? 4;

    /// <summary>Whether the value is JSON's <c>null</c>, or was never given.</summary>
    public bool IsNull => _utf8 is null || Utf8.Span.SequenceEqual("null"u8);

    /// <summary>Writes a value as JSON, with the grid's conventions (<see cref="GridJson.Options"/>).</summary>
    public static JsonText From<T>(T value) => value switch
    {
        JsonText text => text,
        _ => new(JsonSerializer.SerializeToUtf8Bytes<object?>(value, GridJson.Options)),
    };

    /// <summary>Reads the value as <typeparamref name="T"/>, strictly.</summary>
    /// <exception cref="JsonException">The text does not have the shape of <typeparamref name="T"/>.</exception>
    public T? As<T>() => JsonSerializer.Deserialize<T>(Utf8.Span, GridJson.Options);

    /// <inheritdoc/>
    public override string ToString() => Encoding.UTF8.GetString(Utf8.Span);

    /// <inheritdoc/>
    public bool Equals(JsonText other) => Utf8.Span.SequenceEqual(other.Utf8.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is JsonText other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Utf8.Span);
        return hash.ToHashCode();
    }

    /// <summary>Whether both hold the same text.</summary>
    public static bool operator ==(JsonText left, JsonText right) => left.Equals(right);

    /// <summary>Whether they hold different text.</summary>
    public static bool operator !=(JsonText left, JsonText right) => !left.Equals(right);

    private sealed class Converter : JsonConverter<JsonText>
    {
        public override bool HandleNull => true;

        public override JsonText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            return new(JsonSerializer.SerializeToUtf8Bytes(document.RootElement, GridJson.Options));
        }

        public override void Write(Utf8JsonWriter writer, JsonText value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
    }
}
