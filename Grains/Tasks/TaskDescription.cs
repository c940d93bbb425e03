using System.Text.Json;

namespace TaskGrid.Tasks;

/// <summary>What the cluster tells of a registered task, so that a silo that lacks its handler can accept it too.</summary>
/// <param name="Queue">The queue its tasks go to.</param>
/// <param name="Settings">What the registration says.</param>
/// <param name="Tags">The tags that each of its tasks has.</param>
/// <param name="Args">The JSON Schema of its arguments.</param>
/// <param name="Result">The JSON Schema of its result.</param>
/// <param name="Sensitive">The arguments that only the handler sees; <c>null</c> when there are none.</param>
internal sealed record TaskDescription(
    string Queue, TaskSettings Settings, IReadOnlyList<string>? Tags = null, JsonElement? Args = null, JsonElement? Result = null, IReadOnlyList<SensitiveArg>? Sensitive = null);
