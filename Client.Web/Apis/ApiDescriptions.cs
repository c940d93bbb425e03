using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace TaskGrid.Apis;

/// <summary>The descriptions of the document come from the comments of types, which name members as C# has them: here they are named as JSON has them.</summary>
internal sealed partial class ApiDescriptions : IOpenApiDocumentTransformer
{
    private static readonly Dictionary<string, Type> s_types = new[] { typeof(ITaskClient).Assembly, typeof(ApiDescriptions).Assembly }
        .SelectMany(a => a.GetTypes()).Where(t => t.Namespace?.StartsWith(nameof(TaskGrid), StringComparison.Ordinal) == true && !t.IsNested)
        .GroupBy(t => t.Name).ToDictionary(g => g.Key, g => g.First());

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var schemas = document.Components?.Schemas;
        if (schemas is not null && schemas.TryGetValue(nameof(TaskSummary), out var of) && of.Properties is { } summary
            && schemas.TryGetValue(nameof(TaskSnapshot), out var whole) && whole.Properties is { } snapshot)
        {
            // Its comments refer to those of the snapshot, which nobody follows.
            foreach (var member in summary.Where(m => m.Value.Description is null && snapshot.ContainsKey(m.Key)).Select(m => m.Key).ToList())
            {
                summary[member] = snapshot[member];
            }
        }

        foreach (var schema in schemas?.Values ?? [])
        {
            Clean(schema);
        }

        return Task.CompletedTask;
    }

    /// <summary>The same text in the words of JSON.</summary>
    internal static string Clean(string text) => WebUtility.HtmlDecode(Member().Replace(text, m => s_types.TryGetValue(m.Groups["type"].Value, out var type) ? NameOf(type, m.Groups["member"].Value) : m.Value));

    private static void Clean(IOpenApiSchema? schema)
    {
        if (schema is null)
        {
            return;
        }

        if (schema is IOpenApiDescribedElement { Description: { } text } described)
        {
            described.Description = Clean(text);
        }

        // What is referred to is cleaned where it stands.
        if (schema is OpenApiSchema own)
        {
            foreach (var part in (own.Properties?.Values ?? []).Concat(own.OneOf ?? []).Concat(own.AnyOf ?? []).Concat(own.AllOf ?? []).Append(own.Items).Append(own.AdditionalProperties))
            {
                Clean(part);
            }
        }
    }

    private static string NameOf(Type type, string member) => type switch
    {
        _ when type == typeof(ErrorCodes) => $"`{type.GetField(member, BindingFlags.Public | BindingFlags.Static)?.GetValue(null)}`",
        _ when type == typeof(TaskState) => $"`{member}`",
        _ when member == nameof(TaskSettings.Forever) => "`\"forever\"`",
        _ => $"`{JsonNamingPolicy.CamelCase.ConvertName(member)}`",
    };

    // A property comes with its type before it.
    [GeneratedRegex(@"(?:(?:string|int|long|double|bool|TimeSpan|DateTimeOffset|IReadOnly\w+(?:<|&lt;).*?(?:>|&gt;))\?? )?\b(?<type>[A-Z]\w+)\.(?<member>[A-Z]\w+)\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Member();
}
