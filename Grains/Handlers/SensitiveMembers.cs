using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace TaskGrid.Handlers;

/// <summary>Finds what is marked <see cref="SensitiveAttribute"/>. What has a mark anywhere within it is sensitive as a whole.</summary>
internal static class SensitiveMembers
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Whether only the handler sees a delegate's parameter.</summary>
    public static bool IsSensitive(ParameterInfo parameter) => IsMarked(parameter) || HasMarks(parameter.ParameterType, []);

    /// <summary>Whether only the handler sees a member of a JSON object.</summary>
    public static bool IsSensitive(JsonPropertyInfo member) =>
        IsMarked(member.AttributeProvider) || IsMarked(member.AssociatedParameter?.AttributeProvider) || HasMarks(member.PropertyType, []);

    /// <summary>The names of those members of args that only the handler sees, of all types that they may be.</summary>
    public static IReadOnlyList<string> NamesIn(JsonTypeInfo args) =>
        [.. Forms(args).SelectMany(f => f.Properties).Where(IsSensitive).Select(p => p.Name).Distinct(StringComparer.Ordinal)];

    /// <summary>Why what is marked could not be told apart in args of a type; <c>null</c> when it can.</summary>
    public static string? FindProblem(JsonTypeInfo args) =>
        Forms(args).FirstOrDefault(f => f.Kind != JsonTypeInfoKind.Object && HasMarks(f.Type, [])) is { } opaque
            ? $"{opaque.Type} is not read member by member, so what is marked [Sensitive] can't be found in its JSON; use a record or class without a converter of its own."
            : Forms(args).SelectMany(f => f.Properties).FirstOrDefault(p => p.IsExtensionData && IsSensitive(p)) is { } any
                ? $"'{any.Name}' takes members of any name, so what is marked [Sensitive] can't be found in its JSON; give it a name of its own."
                : null;

    // A type, and those that may stand for it.
    private static IEnumerable<JsonTypeInfo> Forms(JsonTypeInfo type) =>
        (type.PolymorphismOptions?.DerivedTypes.Select(d => TypeInfoOf(d.DerivedType)).OfType<JsonTypeInfo>() ?? []).Prepend(type).DistinctBy(f => f.Type);

    // Not the members' own IsDefined, which knows nothing of what a property overrides.
    private static bool IsMarked(ICustomAttributeProvider? member) => member switch
    {
        MemberInfo own => Attribute.IsDefined(own, typeof(SensitiveAttribute), inherit: true),
        ParameterInfo parameter => Attribute.IsDefined(parameter, typeof(SensitiveAttribute), inherit: true),
        _ => false,
    };

    private static bool HasMarks(Type type, HashSet<Type> seen) =>
        seen.Add(type) && (OwnMembers(type).Any(IsMarked) || Parts(type).Any(t => HasMarks(t, seen)));

    // By reflection: a converter reads them all, and its type says nothing of any.
    private static IEnumerable<ICustomAttributeProvider> OwnMembers(Type type) =>
        type.GetProperties(Own).Concat<ICustomAttributeProvider>(type.GetFields(Own)).Concat(type.GetConstructors(Own).SelectMany(c => c.GetParameters()));

    private static IEnumerable<Type> Parts(Type type)
    {
        if (TypeInfoOf(type) is not { } info)
        {
            return [];
        }

        Type?[] others = [info.ElementType, Nullable.GetUnderlyingType(type)];
        return info.Properties.Select(p => p.PropertyType).Concat(info.PolymorphismOptions?.DerivedTypes.Select(d => d.DerivedType) ?? []).Concat(others.OfType<Type>());
    }

    private static JsonTypeInfo? TypeInfoOf(Type type)
    {
        try
        {
            return ArgsJson.Options.GetTypeInfo(type);
        }
        catch (Exception e) when (e is InvalidOperationException or NotSupportedException or ArgumentException)
        {
            // Nothing is ever read as it.
            return null;
        }
    }
}
