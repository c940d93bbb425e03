using System.Text.Json.Serialization;

namespace TaskGrid;

/// <summary>What becomes of a task whose attempt was cut off by the death or stop of its silo.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Delivery>))]
public enum Delivery
{
    /// <summary>It runs again: its code may run more than once.</summary>
    AtLeastOnce,

    /// <summary>It fails with <see cref="ErrorCodes.Interrupted"/>: its code is begun once at most for each of its attempts.</summary>
    AtMostOnce,
}
