using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace TaskGrid.Tasks;

/// <summary>
/// A hash of what a submit asks for, in a canonical form: members of objects in ordinal order and no white space, so that
/// the same request written differently is the same content.
/// </summary>
internal static class ContentHash
{
    // Every submit is hashed: what it takes to write is kept by each thread, unless it has grown large.
    private const int MaxKept = 64 * 1024;

    private static readonly SubmitOptions s_nothing = new();

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? t_writer;

    public static string Of(TaskSubmission submission)
    {
        var buffer = t_buffer ??= new(256);
        var writer = t_writer ??= new(buffer, new() { SkipValidation = true });
        try
        {
            Write(writer, submission);
            writer.Flush();
            Span<byte> hash = stackalloc byte[32];
            SHA256.HashData(buffer.WrittenSpan, hash);
            return Base64Url.EncodeToString(hash[..16]);
        }
        finally
        {
            buffer.ResetWrittenCount();
            writer.Reset();
            if (buffer.Capacity > MaxKept)
            {
                (t_buffer, t_writer) = (null, null);
            }
        }
    }

    private static void Write(Utf8JsonWriter writer, TaskSubmission submission)
    {
        var options = submission.Options;
        writer.WriteStartArray();
        writer.WriteStringValue(submission.Task);
        WriteCanonical(writer, submission.Args);
        if (Content(options) is { } content && content != s_nothing)
        {
            JsonSerializer.Serialize(writer, content, StoredJson.Default.SubmitOptions);
        }

        writer.WriteEndArray();
    }

    /// <summary>What makes up the request: not what names it, nor where it came from.</summary>
    private static SubmitOptions Content(SubmitOptions options) => options with
    {
        Id = null,
        IdempotencyKey = null,
        IdempotencyScope = null,
        DueAt = options.DueAt?.ToUniversalTime(),
        ExpiresAt = options.ExpiresAt?.ToUniversalTime(),
        DeadlineAt = options.DeadlineAt?.ToUniversalTime(),
        Headers = options.Headers is { Count: > 0 } headers ? new SortedDictionary<string, string>(headers.ToDictionary(), StringComparer.Ordinal) : null,
        ParentId = null,
        RootId = null,
        TraceParent = null,
        TraceState = null,
    };

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
