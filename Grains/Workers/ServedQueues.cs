using Microsoft.Extensions.Options;

namespace TaskGrid.Workers;

/// <summary>Which queues this silo takes tasks from: as configured, until somebody says otherwise while it runs.</summary>
internal sealed class ServedQueues(IOptions<TaskGridOptions> options)
{
    private readonly string[] _configured = options.Value.Queues.Split(',', StringSplitOptions.RemoveEmptyEntries);
    private IReadOnlyList<string>? _set;

    /// <summary>Names, or beginnings of names with a <c>*</c> at the end; none means that it takes nothing.</summary>
    public IReadOnlyList<string> Patterns => Volatile.Read(ref _set) ?? _configured;

    /// <summary>Raised when they have changed.</summary>
    public event Action? Changed;

    public bool Serves(string queue) => Patterns.Any(p => NamePattern.Fits(p, queue));

    public void Set(IReadOnlyList<string> patterns)
    {
        Volatile.Write(ref _set, [.. patterns]);
        Changed?.Invoke();
    }

    public void Reset()
    {
        Volatile.Write(ref _set, null);
        Changed?.Invoke();
    }
}
