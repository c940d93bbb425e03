using System.Text.Json;
using System.Text.Json.Serialization;

namespace TaskGrid.Requests;

/// <summary>How answers are written: camelCase, nulls included, numbers as numbers.</summary>
internal static class ApiJson
{
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.Never;
        options.NumberHandling = JsonNumberHandling.Strict;
    }
}
