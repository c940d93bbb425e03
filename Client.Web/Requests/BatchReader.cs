using System.Text.Json;
using TaskGrid.Errors;

namespace TaskGrid.Requests;

/// <summary>Reads a batch: a JSON array of submits, or an object whose only member <c>tasks</c> is one. Pure.</summary>
internal static class BatchReader
{
    public static Parsed<IReadOnlyList<Parsed<TaskSubmission>>> Read(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in json.EnumerateObject())
            {
                if (property.Name != "tasks")
                {
                    return new TaskRefusal(ApiErrorCodes.UnknownField, "A batch is an array of tasks, or an object with the one member tasks.", SubmitReader.Shorten(property.Name));
                }

                json = property.Value;
            }
        }

        if (json.ValueKind != JsonValueKind.Array)
        {
            return new TaskRefusal(ApiErrorCodes.InvalidRequest, "A batch is an array of submits, or {\"tasks\": [...]}.", "tasks");
        }

        return json.GetArrayLength() > RequestLimits.MaxBatch
            ? new TaskRefusal(ApiErrorCodes.BatchTooLarge, $"A batch has at most {RequestLimits.MaxBatch} tasks; this one has {json.GetArrayLength()}.", "tasks")
            : json.EnumerateArray().Select(SubmitReader.Read).ToArray();
    }
}
