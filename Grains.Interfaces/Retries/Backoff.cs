using System.Text.Json.Serialization;

namespace TaskGrid;

/// <summary>How the pauses between attempts grow.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BackoffKind>))]
public enum BackoffKind
{
    /// <summary>The first pause, multiplied by the factor with each further one.</summary>
    Exponential,

    /// <summary>The first pause once, twice, three times...</summary>
    Linear,

    /// <summary>Always the first pause.</summary>
    Fixed,
}

/// <summary>How long a task waits before its next attempt after a failed one.</summary>
[GenerateSerializer, Immutable, Alias("taskgrid.backoff")]
public sealed record Backoff
{
    /// <summary>How the pauses grow; default <see cref="BackoffKind.Exponential"/>.</summary>
    [Id(0)] public BackoffKind Kind { get; init; }

    /// <summary>The pause before the second attempt, without jitter; default 1 s, zero retries at once.</summary>
    [Id(1)] public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What an exponential pause is multiplied by, from 1 to 100; default 2.</summary>
    [Id(2)] public double Factor { get; init; } = 2;

    /// <summary>The longest pause, at least <see cref="Delay"/> and at most 365 days; default 5 min.</summary>
    [Id(3)] public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Full jitter: the pause is anywhere between nothing and what was computed, so that tasks that failed together do not return together; default on.</summary>
    [Id(4)] public bool Jitter { get; init; } = true;

    /// <summary>The pauses themselves, instead of computed ones: the last one repeats. At most 100.</summary>
    [Id(5)] public IReadOnlyList<TimeSpan>? Delays { get; init; }

    /// <summary>The same pause each time, without jitter.</summary>
    public static Backoff Fixed(TimeSpan delay) => new() { Kind = BackoffKind.Fixed, Delay = delay, MaxDelay = delay, Jitter = false };

    /// <summary>Pauses that grow by <paramref name="delay"/> each time, up to <paramref name="max"/> (default 5 min), with full jitter.</summary>
    public static Backoff Linear(TimeSpan delay, TimeSpan? max = null) => new() { Kind = BackoffKind.Linear, Delay = delay, MaxDelay = Cap(delay, max) };

    /// <summary>Pauses that grow by <paramref name="factor"/> each time, up to <paramref name="max"/> (default 5 min), with full jitter.</summary>
    public static Backoff Exponential(TimeSpan delay, TimeSpan? max = null, double factor = 2) =>
        new() { Kind = BackoffKind.Exponential, Delay = delay, MaxDelay = Cap(delay, max), Factor = factor };

    /// <summary>These pauses, the last one repeated, without jitter.</summary>
    public static Backoff Explicit(params IReadOnlyList<TimeSpan> delays) => new() { Delays = delays, Jitter = false };

    private static TimeSpan Cap(TimeSpan delay, TimeSpan? max) => max ?? (delay > TimeSpan.FromMinutes(5) ? delay : TimeSpan.FromMinutes(5));
}
