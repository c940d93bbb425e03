using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TaskGrid;

/// <summary>JSON as the HTTP API has it: camelCase, spans as numbers of seconds. Answers may have members that this version does not know.</summary>
internal static class HttpJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new SecondsConverter() },
    };

    /// <summary>A submit; its arguments keep their exact text.</summary>
    public static byte[] Write(TaskSubmission submission) => Write(writer => Write(writer, submission));

    /// <summary>A batch of submits that are written already.</summary>
    public static byte[] Join(IReadOnlyList<byte[]> submits)
    {
        using var batch = new MemoryStream(submits.Sum(s => s.Length + 1) + 1);
        for (var i = 0; i < submits.Count; i++)
        {
            batch.WriteByte((byte)(i == 0 ? '[' : ','));
            batch.Write(submits[i]);
        }

        batch.WriteByte((byte)']');
        return batch.ToArray();
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, TaskSubmission submission)
    {
        writer.WriteStartObject();
        writer.WriteString("task", submission.Task);
        writer.WritePropertyName("args");
        writer.WriteRawValue(submission.Args.Utf8.Span, skipInputValidation: true);
        // Which id a key determines is the web application's to say: it knows whose key it is.
        var options = submission.Options.IdempotencyKey is { } key && submission.Options.Id == IdempotencyKeys.IdOf(key, null) ? submission.Options with { Id = null } : submission.Options;
        foreach (var option in JsonSerializer.SerializeToElement(options, Options).EnumerateObject())
        {
            option.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private sealed class SecondsConverter : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => TimeSpan.FromSeconds(reader.GetDouble());

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteNumberValue(value.TotalSeconds);
    }
}
