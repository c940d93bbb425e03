using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TaskGrid.Handlers;

/// <summary>
/// Walks a value that could not be read along the type that it should have been read as, to the first thing wrong. The
/// serializer decides what is right; this only words it, and finds nothing where it does not understand.
/// </summary>
internal static class ArgsFaultFinder
{
    /// <summary>Leaves the reader on the value's last token when nothing was found.</summary>
    public static TaskRefusal? Walk(ref Utf8JsonReader value, JsonTypeInfo type, ArgsPlace place)
    {
        if (value.TokenType == JsonTokenType.Null)
        {
            return Leaf(ref value, type, place);
        }

        if (Nullable.GetUnderlyingType(type.Type) is { } underlying)
        {
            return Walk(ref value, type.Options.GetTypeInfo(underlying), place);
        }

        return type.Kind switch
        {
            JsonTypeInfoKind.Object when type.PolymorphismOptions is null => Members(ref value, type, place),
            JsonTypeInfoKind.Enumerable => Elements(ref value, type, place),
            JsonTypeInfoKind.Dictionary => Entries(ref value, type, place),
            _ => Leaf(ref value, type, place),
        };
    }

    private static TaskRefusal? Leaf(ref Utf8JsonReader value, JsonTypeInfo type, ArgsPlace place)
    {
        var start = value;
        try
        {
            JsonSerializer.Deserialize(ref value, type);
            return null;
        }
        catch (Exception e)
        {
            var isNull = start.TokenType == JsonTokenType.Null;
            return isNull || JsonForm.IsScalar(type.Type) ? ArgsFault.WrongForm(place, type.Type, start) : ArgsFault.Refused(place, e);
        }
    }

    private static TaskRefusal? Members(ref Utf8JsonReader value, JsonTypeInfo type, ArgsPlace place)
    {
        if (value.TokenType != JsonTokenType.StartObject)
        {
            return ArgsFault.WrongForm(place, type.Type, value);
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (value.Read() && value.TokenType != JsonTokenType.EndObject)
        {
            var name = value.GetString()!;
            value.Read();
            if ((seen.Add(name) ? Member(ref value, type, name, place.Member(name)) : ArgsFault.Twice(place.Member(name))) is { } refusal)
            {
                return refusal;
            }
        }

        var missing = type.Properties.FirstOrDefault(p => !seen.Contains(p.Name) && IsRequired(p));
        return missing is null ? null : ArgsFault.Missing(place.Member(missing.Name), missing.PropertyType);
    }

    private static TaskRefusal? Member(ref Utf8JsonReader value, JsonTypeInfo type, string name, ArgsPlace place)
    {
        if (type.Properties.FirstOrDefault(p => p.Name == name) is { } property)
        {
            return value.TokenType == JsonTokenType.Null && !AllowsNull(property) ? ArgsFault.WrongForm(place, property.PropertyType, value)
                : Walk(ref value, type.Options.GetTypeInfo(property.PropertyType), place) is not { } refusal ? null
                : SensitiveMembers.IsSensitive(property) ? ArgsFault.Hide(refusal, place, property.PropertyType)
                : refusal;
        }

        if (type.Properties.Any(p => p.IsExtensionData))
        {
            value.Skip();
            return null;
        }

        return ArgsFault.Unknown(place, type.Properties.Select(p => p.Name));
    }

    private static TaskRefusal? Elements(ref Utf8JsonReader value, JsonTypeInfo type, ArgsPlace place)
    {
        if (value.TokenType != JsonTokenType.StartArray)
        {
            return ArgsFault.WrongForm(place, type.Type, value);
        }

        var element = type.Options.GetTypeInfo(type.ElementType!);
        for (var i = 0; value.Read() && value.TokenType != JsonTokenType.EndArray; i++)
        {
            if (Walk(ref value, element, place.Element(i)) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static TaskRefusal? Entries(ref Utf8JsonReader value, JsonTypeInfo type, ArgsPlace place)
    {
        if (value.TokenType != JsonTokenType.StartObject)
        {
            return ArgsFault.WrongForm(place, type.Type, value);
        }

        var element = type.Options.GetTypeInfo(type.ElementType!);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (value.Read() && value.TokenType != JsonTokenType.EndObject)
        {
            var key = place.Member(value.GetString()!);
            value.Read();
            if ((seen.Add(key.Field) ? Walk(ref value, element, key) : ArgsFault.Twice(key)) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static bool IsRequired(JsonPropertyInfo property) =>
        property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false };

    private static bool AllowsNull(JsonPropertyInfo property) =>
        property.PropertyType.IsValueType || (property.IsSetNullable && property.AssociatedParameter is null or { IsNullable: true });
}
