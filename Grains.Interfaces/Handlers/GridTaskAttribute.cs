using System.Reflection;

namespace TaskGrid;

/// <summary>Names the task that a type's instances are the arguments of, and its defaults.</summary>
/// <param name="name">The stable wire name: 1 to 100 letters, digits, <c>_ . -</c>. Renaming the type does not change it.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class GridTaskAttribute(string name) : Attribute
{
    /// <summary>The task name.</summary>
    public string Name { get; } = name;

    /// <summary>The queue that tasks go to unless the submit says otherwise; default <c>default</c>.</summary>
    public string Queue { get; init; } = "default";

    /// <summary>0 to 9, 9 first; see <see cref="TaskSettings.Priority"/>.</summary>
    public int Priority { get => Settings.Priority ?? 5; init => Settings.Priority = value; }

    /// <summary>How many attempts may fail before the task does; see <see cref="TaskSettings.MaxAttempts"/>.</summary>
    public int MaxAttempts { get => Settings.MaxAttempts ?? 3; init => Settings.MaxAttempts = value; }

    /// <summary>Seconds that an attempt may take; 0 means no limit. See <see cref="TaskSettings.TimeLimit"/>.</summary>
    public double TimeLimitSeconds { get => Seconds(Settings.TimeLimit); init => Settings.TimeLimit = Span(value); }

    /// <summary>Seconds until an attempt's token fires; 0 means never. See <see cref="TaskSettings.SoftTimeLimit"/>.</summary>
    public double SoftTimeLimitSeconds { get => Seconds(Settings.SoftTimeLimit); init => Settings.SoftTimeLimit = Span(value); }

    /// <summary>Seconds within which a task must start; 0 means any time. See <see cref="TaskSettings.ExpiresAfter"/>.</summary>
    public double ExpiresAfterSeconds { get => Seconds(Settings.ExpiresAfter); init => Settings.ExpiresAfter = Span(value); }

    /// <summary>Exception types that are worth another attempt; none means all. See <see cref="TaskSettings.RetryOn"/>.</summary>
    public Type[] RetryOn { get; init; } = [];

    /// <summary>Exception types that are never retried. See <see cref="TaskSettings.NeverRetryOn"/>.</summary>
    public Type[] NeverRetryOn { get; init; } = [];

    /// <summary>What an interruption means; see <see cref="TaskSettings.Delivery"/>.</summary>
    public Delivery Delivery { get => Settings.Delivery ?? Delivery.AtLeastOnce; init => Settings.Delivery = value; }

    internal TaskSettings Settings { get; } = new();

    /// <summary>All settings that the attribute gives.</summary>
    internal TaskSettings ToSettings() => Settings with { RetryOn = NamesOf(RetryOn), NeverRetryOn = NamesOf(NeverRetryOn) };

    /// <summary>The task name of an argument type.</summary>
    /// <exception cref="ArgumentException">The type has no <see cref="GridTaskAttribute"/>.</exception>
    public static string NameOf(Type argsType) => argsType.GetCustomAttribute<GridTaskAttribute>()?.Name
        ?? throw new ArgumentException($"{argsType} names no task: put [GridTask(\"some_name\")] on it, or submit by name.", nameof(argsType));

    private static string[]? NamesOf(Type[] types) => types.Length == 0 ? null : [.. types.Select(t => t.FullName!)];

    private static double Seconds(TimeSpan? span) => span?.TotalSeconds ?? 0;

    private static TimeSpan? Span(double seconds) => seconds == 0 ? null : TimeSpan.FromSeconds(seconds);
}
