using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace TaskGrid.Handlers;

/// <summary>The tasks that this silo runs. Building it compiles them, so a definition that can't work shows here.</summary>
internal sealed class HandlerRegistry
{
    private readonly FrozenDictionary<string, TaskRegistration> _byName;

    public HandlerRegistry(IEnumerable<TaskRegistration> registrations)
    {
        All = [.. registrations.OrderBy(r => r.Name, StringComparer.Ordinal)];
        if (All.CountBy(r => r.Name).FirstOrDefault(n => n.Value > 1).Key is { } name)
        {
            throw InvalidTask.Twice(name);
        }

        _byName = All.ToFrozenDictionary(r => r.Name, StringComparer.Ordinal);
    }

    /// <summary>Ordered by name.</summary>
    public IReadOnlyList<TaskRegistration> All { get; }

    public bool TryGet(string name, [NotNullWhen(true)] out TaskRegistration? registration) =>
        _byName.TryGetValue(name, out registration);
}
