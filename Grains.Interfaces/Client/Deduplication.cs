using System.Text.Json.Serialization;

namespace TaskGrid;

/// <summary>What a submit does when another task with its key is there.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeduplicationMode>))]
public enum DeduplicationMode
{
    /// <summary>While one waits or runs, further submits are answered with it.</summary>
    Unique,

    /// <summary>For a period from its acceptance, further submits are answered with it, whatever has become of it: the first wins.</summary>
    Throttle,

    /// <summary>One that waits for its first attempt is cancelled (<c>replaced</c>), and the new one is due a period from now: the last wins.</summary>
    Debounce,

    /// <summary>While one runs, only the last of the others waits, and starts when that one has ended.</summary>
    KeepLast,
}

/// <summary>Deduplication of the tasks of one name by a key. The store checks it with the submit; nothing is locked, so nothing has to be unlocked after a crash.</summary>
[GenerateSerializer, Immutable, Alias("taskgrid.deduplication")]
public sealed record Deduplication
{
    /// <summary>1 to 128 characters; keys of different task names have nothing to do with each other.</summary>
    [Id(0)] public required string Key { get; init; }

    /// <summary>What to do; default <see cref="DeduplicationMode.Unique"/>.</summary>
    [Id(1)] public DeduplicationMode Mode { get; init; }

    /// <summary>The period of <see cref="DeduplicationMode.Throttle"/> and <see cref="DeduplicationMode.Debounce"/>, from 1 ms to 365 days; none for the others.</summary>
    [Id(2)] public TimeSpan? Period { get; init; }

    /// <summary>While one waits or runs, further submits are answered with it.</summary>
    public static Deduplication Unique(string key) => new() { Key = key };

    /// <summary>The first within <paramref name="period"/> wins.</summary>
    public static Deduplication Throttle(string key, TimeSpan period) => new() { Key = key, Mode = DeduplicationMode.Throttle, Period = period };

    /// <summary>The last one wins, and is due <paramref name="period"/> after it was submitted.</summary>
    public static Deduplication Debounce(string key, TimeSpan period) => new() { Key = key, Mode = DeduplicationMode.Debounce, Period = period };

    /// <summary>One runs, and the last one waits for it.</summary>
    public static Deduplication KeepLast(string key) => new() { Key = key, Mode = DeduplicationMode.KeepLast };
}
