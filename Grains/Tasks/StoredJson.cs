using System.Text.Json.Serialization;

namespace TaskGrid.Tasks;

/// <summary>How the JSON parts of a record are written. Readers ignore members that they do not know: another version may have written them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TaskHeader))]
[JsonSerializable(typeof(TaskMeta))]
[JsonSerializable(typeof(SubmitOptions))]
[JsonSerializable(typeof(QueueSettings))]
[JsonSerializable(typeof(TaskError))]
[JsonSerializable(typeof(TaskAttempt[]))]
[JsonSerializable(typeof(TaskDescription))]
[JsonSerializable(typeof(AuditEntry))]
internal sealed partial class StoredJson : JsonSerializerContext;
