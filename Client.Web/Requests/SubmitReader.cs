using System.Runtime.InteropServices;
using System.Text.Json;
using TaskGrid.Errors;

namespace TaskGrid.Requests;

/// <summary>
/// Reads a submit from JSON. What can't be read is refused here; whether what was read makes sense, the grid decides. Pure.
/// </summary>
internal static class SubmitReader
{
    private const int LongestEchoedName = 100;

    public static Parsed<TaskSubmission> Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return Refuse("A submit is a JSON object such as {\"task\": \"add\", \"args\": {\"x\": 2, \"y\": 3}}.", null);
        }

        var request = new SubmitRequest { Task = "" };
        foreach (var property in json.EnumerateObject())
        {
            // Many serialisers write absent members as null.
            if (property.Value.ValueKind == JsonValueKind.Null && property.Name != "task")
            {
                if (!IsField(property.Name))
                {
                    return Unknown(property.Name);
                }

                continue;
            }

            var read = ReadField(request, property.Name, property.Value);
            if (read.Refusal is { } refusal)
            {
                return refusal;
            }

            request = read.Value!;
        }

        return json.TryGetProperty("task", out _) ? request.ToSubmission() : Refuse("Say which task: the member is missing.", "task");
    }

    /// <summary>A name as it may be repeated in an answer.</summary>
    public static string Shorten(string name) => name.Length <= LongestEchoedName ? name : $"{name[..LongestEchoedName]}...";

    private static bool IsField(string name) =>
        name is "task" or "args" or "id" or "queue" or "priority" or "delay" or "dueAt" or "maxAttempts";

    private static Parsed<SubmitRequest> ReadField(SubmitRequest request, string name, JsonElement value) => name switch
    {
        "task" => Text(value) is { } text ? request with { Task = text } : Refuse("A task name is a string.", name),
        "args" => request with { Args = new JsonText(JsonMarshal.GetRawUtf8Value(value).ToArray()) },
        "id" => Text(value) is { } text ? request with { Id = text } : Refuse("An id is a string.", name),
        "queue" => Text(value) is { } text ? request with { Queue = text } : Refuse("A queue's name is a string.", name),
        "priority" => Whole(value) is { } number ? request with { Priority = number } : Refuse("A priority is a whole number.", name),
        "delay" => Seconds(value) is { } number ? request with { Delay = number } : Refuse("A delay is a number of seconds.", name),
        "dueAt" => Instant(value) is { } instant ? request with { DueAt = instant } : Refuse("An instant is a string such as 2026-01-31T09:30:00Z, with its offset (RFC 3339).", name),
        "maxAttempts" => Whole(value) is { } number ? request with { MaxAttempts = number } : Refuse("A number of attempts is a whole number.", name),
        _ => Unknown(name),
    };

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // Numbers out of reach are brought to where the grid still refuses them, with its own code.
    private static int? Whole(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && number == Math.Floor(number)
            ? (int)Math.Clamp(number, int.MinValue, int.MaxValue)
            : null;

    private static double? Seconds(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number ? Math.Clamp(value.GetDouble(), -1e10, 1e10) : null;

    // Without an offset it would be read as the server's local time.
    private static DateTimeOffset? Instant(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var instant) && HasOffset(value.GetString()!) ? instant : null;

    private static bool HasOffset(string text) => text.EndsWith('Z') || (text.Contains('T') && text[^6] is '+' or '-');

    private static TaskRefusal Unknown(string name)
    {
        var shown = Shorten(name);
        return new(ApiErrorCodes.UnknownField, $"A submit has no member '{shown}'. Its members are task, args, id, queue, priority, delay, dueAt and maxAttempts.", shown);
    }

    private static TaskRefusal Refuse(string message, string? field) => new(ApiErrorCodes.InvalidRequest, message, field);
}
