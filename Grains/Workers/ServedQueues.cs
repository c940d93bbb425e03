using Microsoft.Extensions.Options;

namespace TaskGrid.Workers;

/// <summary>Which queues this silo takes tasks from: as configured, until somebody says otherwise while it runs.</summary>
internal sealed class ServedQueues(IOptions<TaskGridOptions> options)
{
    private IReadOnlyList<string> _patterns = options.Value.Queues.Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Names, or beginnings of names with a <c>*</c> at the end; none means that it takes nothing.</summary>
    public IReadOnlyList<string> Patterns => Volatile.Read(ref _patterns);

    /// <summary>Raised when they have changed.</summary>
    public event Action? Changed;

    public bool Serves(string queue) => Patterns.Any(p => Matches(p, queue));

    public void Set(IReadOnlyList<string> patterns)
    {
        Volatile.Write(ref _patterns, [.. patterns]);
        Changed?.Invoke();
    }

    private static bool Matches(string pattern, string queue) =>
        pattern.EndsWith('*') ? queue.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal) : pattern == queue;
}
