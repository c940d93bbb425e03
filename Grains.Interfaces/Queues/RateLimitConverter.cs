using System.Text.Json;
using System.Text.Json.Serialization;

namespace TaskGrid;

/// <summary>A rate limit in JSON is a string of its written form.</summary>
internal sealed class RateLimitConverter : JsonConverter<RateLimit>
{
    public override RateLimit Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && RateLimit.TryParse(reader.GetString(), null, out var rate)
            ? rate
            : throw new JsonException("A rate limit is a string such as \"100/m\" or \"100/m burst 20\".");

    public override void Write(Utf8JsonWriter writer, RateLimit value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
