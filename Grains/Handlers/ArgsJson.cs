using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TaskGrid.Handlers;

/// <summary>How args are read: <see cref="GridJson.Options"/>, and numbers must fit what they are read as.</summary>
internal static class ArgsJson
{
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>What a type is read by.</summary>
    /// <exception cref="InvalidOperationException">JSON can't be read as it; the message says what to do.</exception>
    public static JsonTypeInfo TypeInfoFor(Type type)
    {
        try
        {
            var info = Options.GetTypeInfo(type);
            return CanBeCreated(info) ? info : throw new InvalidOperationException("it has no constructor that JSON could be read with");
        }
        catch (Exception e) when (e is InvalidOperationException or NotSupportedException or ArgumentException)
        {
            throw new InvalidOperationException($"JSON can't be read as {type} ({e.Message.TrimEnd('.')})", e);
        }
    }

    private static bool CanBeCreated(JsonTypeInfo info) => info is not { Kind: JsonTypeInfoKind.Object, CreateObject: null, PolymorphismOptions: null }
        || Nullable.GetUnderlyingType(info.Type) is not null
        || info.Properties.Any(p => p.AssociatedParameter is not null);

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(GridJson.Options)
        {
            Converters = { new FiniteConverter<double>(), new FiniteConverter<float>(), new FiniteConverter<Half>() },
        };
        options.MakeReadOnly();
        return options;
    }
}
