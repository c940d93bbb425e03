using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace TaskGrid.Handlers;

/// <summary>Names what JSON a type is read from, and what JSON was given instead.</summary>
internal static class JsonForm
{
    private const int MaxShown = 40;

    private static readonly Dictionary<Type, string> s_scalars = new()
    {
        [typeof(bool)] = "true or false",
        [typeof(byte)] = Integer(byte.MinValue, byte.MaxValue),
        [typeof(sbyte)] = Integer(sbyte.MinValue, sbyte.MaxValue),
        [typeof(short)] = Integer(short.MinValue, short.MaxValue),
        [typeof(ushort)] = Integer(ushort.MinValue, ushort.MaxValue),
        [typeof(int)] = Integer(int.MinValue, int.MaxValue),
        [typeof(uint)] = Integer(uint.MinValue, uint.MaxValue),
        [typeof(long)] = Integer(long.MinValue, long.MaxValue),
        [typeof(ulong)] = Integer(ulong.MinValue, ulong.MaxValue),
        [typeof(Int128)] = Integer(Int128.MinValue, Int128.MaxValue),
        [typeof(UInt128)] = Integer(UInt128.MinValue, UInt128.MaxValue),
        [typeof(Half)] = Number(Half.MaxValue),
        [typeof(float)] = Number(float.MaxValue),
        [typeof(double)] = Number(double.MaxValue),
        [typeof(decimal)] = Number(decimal.MaxValue),
        [typeof(string)] = "a string",
        [typeof(char)] = "a string of one character",
        [typeof(byte[])] = "a string in base64",
        [typeof(Guid)] = "a UUID",
        [typeof(Uri)] = "a URI",
        [typeof(DateTime)] = "a date and time as in ISO 8601",
        [typeof(DateTimeOffset)] = "a date and time as in ISO 8601",
        [typeof(DateOnly)] = "a date (yyyy-MM-dd)",
        [typeof(TimeOnly)] = "a time of day (HH:mm:ss)",
        [typeof(TimeSpan)] = "a duration ([d.]hh:mm:ss)",
    };

    /// <summary>Whether the type's form can be told from the type alone.</summary>
    public static bool IsScalar(Type type) => s_scalars.ContainsKey(Plain(type)) || Plain(type).IsEnum;

    public static string Expected(Type type)
    {
        var plain = Plain(type);
        return s_scalars.TryGetValue(plain, out var scalar) ? scalar
            : plain.IsEnum ? OfEnum(plain)
            : ArgsJson.Options.GetTypeInfo(plain).Kind switch
            {
                JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => "an object",
                JsonTypeInfoKind.Enumerable => "an array",
                _ => "a value",
            };
    }

    /// <summary>What the reader is on; numbers are shown, other text is not repeated.</summary>
    public static string Given(Utf8JsonReader value) => value.TokenType switch
    {
        JsonTokenType.Number => Encoding.UTF8.GetString(value.ValueSpan[..Math.Min(MaxShown, value.ValueSpan.Length)]),
        JsonTokenType.String => "this string",
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => "null",
    };

    private static Type Plain(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    // Enums are numbers unless the type carries a converter for names.
    private static string OfEnum(Type type) => type.IsDefined(typeof(JsonConverterAttribute), inherit: false)
        ? $"one of {string.Join(", ", Enum.GetNames(type))}"
        : Expected(Enum.GetUnderlyingType(type));

    private static string Integer<T>(T min, T max) => string.Create(CultureInfo.InvariantCulture, $"an integer from {min} to {max}");

    private static string Number<T>(T max) => string.Create(CultureInfo.InvariantCulture, $"a number from -{max} to {max}");
}
