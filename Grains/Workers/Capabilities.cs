using System.Security.Cryptography;
using System.Text;
using TaskGrid.Handlers;
using TaskGrid.Tasks;

namespace TaskGrid.Workers;

/// <summary>What this silo can run: silos with the same task names share one set in the store, named by a hash of them.</summary>
internal sealed class Capabilities
{
    public Capabilities(HandlerRegistry handlers)
    {
        Tasks = [.. handlers.All.Select(h => (h.Name, Describe(h)))];
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Tasks.Select(t => t.Name))))[..8]);
    }

    public string Id { get; }

    public IReadOnlyList<(string Name, TaskDescription Description)> Tasks { get; }

    public static TaskDescription Describe(TaskRegistration registration)
    {
        var options = registration.Options;
        return new(options.Queue, options.Priority, options.MaxAttempts, (long)options.RetryDelay.TotalMilliseconds, (long)options.MaxRetryDelay.TotalMilliseconds);
    }
}
