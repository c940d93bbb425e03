using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime.Services;
using TaskGrid.Events;

namespace TaskGrid.Workers;

/// <summary>Hands calls from other silos to this silo's <see cref="Worker"/>.</summary>
[Reentrant]
internal sealed class WorkerService(GrainId id, Silo silo, ILoggerFactory loggerFactory, Worker worker, Slots slots, ServedQueues served, LiveProgress progress, EventFeed events, SiloIncarnation self, TimeProvider time)
    : GrainService(id, silo, loggerFactory), IWorkerService
{
    private static readonly string s_process = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{Environment.ProcessId}");
    private static readonly string s_version = Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public Task Wake(string queue)
    {
        worker.Wake(queue);
        return Task.CompletedTask;
    }

    public Task CancelAttempt(string id)
    {
        worker.CancelAttempt(id);
        return Task.CompletedTask;
    }

    public Task<JsonText?> GetProgress(string id, long token) => Task.FromResult(progress.Find(id, token));

    public Task<WorkerSnapshot> Describe() => Task.FromResult(new WorkerSnapshot
    {
        Worker = self.Id, Slots = slots.Count, Running = slots.Running, Leaked = slots.Leaked, Queues = served.Patterns,
        Process = s_process, Version = s_version, StartedAt = _startedAt,
    });

    public Task Listen(EventInterest interest)
    {
        events.Listen(interest);
        return Task.CompletedTask;
    }

    public Task Serve(IReadOnlyList<string> queues)
    {
        served.Set(queues);
        return Task.CompletedTask;
    }

    public Task ServeAsConfigured()
    {
        served.Reset();
        return Task.CompletedTask;
    }
}

/// <summary>Finds the worker service of a given silo.</summary>
internal sealed class WorkerServiceClient(IServiceProvider services) : GrainServiceClient<IWorkerService>(services)
{
    public IWorkerService On(SiloAddress silo) => GetGrainService(silo);
}
