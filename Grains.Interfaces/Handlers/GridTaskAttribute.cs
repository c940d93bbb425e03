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

    /// <summary>0 to 9, 9 first; default 5.</summary>
    public int Priority { get; init; } = 5;

    /// <summary>How many attempts may fail before the task does; default 3.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>The task name of an argument type.</summary>
    /// <exception cref="ArgumentException">The type has no <see cref="GridTaskAttribute"/>.</exception>
    public static string NameOf(Type argsType) => argsType.GetCustomAttribute<GridTaskAttribute>()?.Name
        ?? throw new ArgumentException($"{argsType} names no task: put [GridTask(\"some_name\")] on it, or submit by name.", nameof(argsType));
}
