using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TaskGrid.Handlers;
using TaskGrid.Storage;
using TaskGrid.Tasks;

namespace TaskGrid.Workers;

/// <summary>What this silo can run: silos with the same task names share one set in the store, named by a hash of them.</summary>
internal sealed class Capabilities
{
    public Capabilities(HandlerRegistry handlers)
    {
        Tasks = [.. handlers.All.Select(Announce)];
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Tasks.Select(t => t.Name))))[..8]);
    }

    public string Id { get; }

    public IReadOnlyList<AnnouncedTask> Tasks { get; }

    public static TaskDescription Describe(TaskRegistration registration)
    {
        var options = registration.Options;
        return new(options.Queue, new TaskSettings().Over(options), options.Tags, Sensitive: registration.Sensitive is { Count: > 0 } sensitive ? sensitive : null);
    }

    private static AnnouncedTask Announce(TaskRegistration registration)
    {
        var options = registration.Options;
        var description = Describe(registration) with
        {
            Args = JsonSerializer.SerializeToElement(registration.ArgsSchema), Result = registration.ResultSchema is { } result ? JsonSerializer.SerializeToElement(result) : null,
        };
        return new(
            registration.Name, description, new(options.Concurrency, options.RateLimit), new(options.GridConcurrency, options.GridRateLimit));
    }
}
