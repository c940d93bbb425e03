using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using TaskGrid.Tasks;

namespace TaskGrid.Handlers;

/// <summary>JSON Schemas of what handlers take and return. A type that none can be made of is anything.</summary>
internal static class TaskSchema
{
    private const string Reference = "$ref";
    private const string Properties = "properties";

    /// <summary>The standard's word for what can be sent and is not shown again.</summary>
    private const string WriteOnly = "writeOnly";

    private static readonly JsonSchemaExporterOptions s_options = new()
    {
        TreatNullObliviousAsNonNullable = true,
        // What can't be described is anything, not nothing.
        TransformSchemaNode = static (_, node) => node is JsonObject part && part.ContainsKey("not") ? new JsonObject() : node,
    };

    /// <summary>Of arguments by name.</summary>
    public static JsonNode Of(IEnumerable<Argument> arguments)
    {
        var (properties, required) = (new JsonObject(), new JsonArray());
        foreach (var argument in arguments)
        {
            var schema = Below($"#/{Properties}/{argument.Name}", Of(argument.Type.Type));
            properties[argument.Name] = argument.AllowsNull ? OrNull(schema) : schema;
            if (argument.IsSensitive)
            {
                Hide(properties, argument.Name);
            }

            if (!argument.IsOptional)
            {
                required.Add(argument.Name);
            }
        }

        return new JsonObject { ["type"] = "object", [Properties] = properties, ["required"] = required, ["additionalProperties"] = false };
    }

    /// <summary>Of arguments that are one value.</summary>
    public static JsonNode Of(Type type, IReadOnlyList<SensitiveArg> sensitive)
    {
        var schema = Of(type);
        // Where other types may stand for it, each has members of its own.
        JsonNode?[] forms = schema is JsonObject && schema["anyOf"] is JsonArray all ? [schema, .. all] : [schema];
        foreach (var properties in forms.Select(f => (f as JsonObject)?[Properties]).OfType<JsonObject>())
        {
            foreach (var argument in sensitive.Where(s => properties.ContainsKey(s.Name)))
            {
                Hide(properties, argument.Name);
            }
        }

        return schema;
    }

    public static JsonNode Of(Type type)
    {
        try
        {
            // Not the options that args are read with: what their converters read, the exporter does not know.
            return GridJson.Options.GetJsonSchemaAsNode(type, s_options);
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException or ArgumentException)
        {
            return new JsonObject();
        }
    }

    private static void Hide(JsonObject properties, string name)
    {
        if (properties[name] is JsonObject schema)
        {
            schema[WriteOnly] = true;
        }
        else
        {
            // What is anything is written as true, which has no room for more.
            properties[name] = new JsonObject { [WriteOnly] = true };
        }
    }

    /// <summary>Of a parameter that takes null though its type alone does not say so.</summary>
    private static JsonNode OrNull(JsonNode schema)
    {
        // A value type says it itself.
        if (schema is JsonObject part && part["type"] is JsonValue type && type.TryGetValue<string>(out var name) && name is ("string" or "object" or "array"))
        {
            part["type"] = new JsonArray(name, "null");
        }

        return schema;
    }

    /// <summary>A schema that has become a part of another one: what refers to its root has to be led there.</summary>
    private static JsonNode Below(string place, JsonNode schema)
    {
        foreach (var part in Parts(schema).OfType<JsonObject>().Where(o => o.ContainsKey(Reference)).ToList())
        {
            part[Reference] = place + ((string)part[Reference]!)[1..];
        }

        return schema;
    }

    private static IEnumerable<JsonNode> Parts(JsonNode node) => node switch
    {
        JsonObject o => o.Select(p => p.Value).OfType<JsonNode>().SelectMany(Parts).Prepend(node),
        JsonArray a => a.OfType<JsonNode>().SelectMany(Parts),
        _ => [],
    };
}
