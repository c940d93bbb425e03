using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace TaskGrid.Tasks;

/// <summary>
/// A hash of what a submit asks for, in a canonical form: members of objects in ordinal order and no white space, so that
/// the same request written differently is the same content.
/// </summary>
internal static class ContentHash
{
    public static string Of(TaskSubmission submission)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, new() { SkipValidation = true }))
        {
            var options = submission.Options;
            writer.WriteStartArray();
            writer.WriteStringValue(submission.Task);
            WriteCanonical(writer, submission.Args);
            writer.WriteStringValue(options.Queue);
            writer.WriteNumberValue(options.Priority ?? -1);
            writer.WriteNumberValue(options.Delay?.Ticks ?? -1);
            writer.WriteNumberValue(options.DueAt?.UtcTicks ?? -1);
            writer.WriteNumberValue(options.MaxAttempts ?? -1);
            writer.WriteEndArray();
        }

        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(buffer.WrittenSpan, hash);
        return Convert.ToHexStringLower(hash[..16]);
    }

    private static void WriteCanonical(Utf8JsonWriter writer, JsonText args)
    {
        using var document = JsonDocument.Parse(args.Utf8);
        Write(writer, document.RootElement);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
