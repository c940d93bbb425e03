using System.Text.Json;
using TaskGrid.Errors;

namespace TaskGrid.Requests;

/// <summary>Reads one member of an object into a target.</summary>
/// <returns>Why it can't be read, or <c>null</c>.</returns>
internal delegate MemberFault? ReadMember<in T>(T target, JsonElement value);

/// <summary>Why a member can't be read.</summary>
/// <param name="Message">For people: what it should have been.</param>
/// <param name="Path">Where within the member; empty for the member itself.</param>
/// <param name="Code">One of <see cref="ApiErrorCodes"/>.</param>
internal sealed record MemberFault(string Message, string Path = "", string Code = ApiErrorCodes.InvalidRequest)
{
    public static implicit operator MemberFault(string message) => new(message);
}

/// <summary>Reads a JSON object member by member from a table: unknown members are refused, <c>null</c> means not given. Pure.</summary>
/// <param name="noun">What it is.</param>
/// <param name="table">Its members.</param>
/// <param name="takesNull">False where what is not given widens what is done.</param>
internal sealed class Members<T>(string noun, IReadOnlyDictionary<string, ReadMember<T>> table, bool takesNull = true)
{
    private const int LongestEchoedName = 100;

    /// <summary>The members that there are, in their order.</summary>
    public IEnumerable<string> Names => table.Keys;

    /// <summary>Reads an object into a target.</summary>
    /// <returns>Why it can't be read, or <c>null</c>.</returns>
    public MemberFault? Read(T target, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return $"{noun} is a JSON object.";
        }

        foreach (var property in json.EnumerateObject())
        {
            var name = Shorten(property.Name);
            if (!table.TryGetValue(property.Name, out var read))
            {
                return new($"{noun} has no member '{name}'. Its members are {string.Join(", ", table.Keys)}.", name, ApiErrorCodes.UnknownField);
            }

            if (!takesNull && property.Value.ValueKind == JsonValueKind.Null)
            {
                return new($"'{name}' is null: leave it out, or say which.", name);
            }

            // Many serialisers write absent members as null.
            if (property.Value.ValueKind != JsonValueKind.Null && read(target, property.Value) is { } fault)
            {
                return fault with { Path = fault.Path.Length == 0 ? name : $"{name}.{fault.Path}" };
            }
        }

        return null;
    }

    /// <summary>A name as it may be repeated in an answer.</summary>
    private static string Shorten(string name) => SubmitReader.Shorten(name, LongestEchoedName);
}
