using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TaskGrid.Bulk;
using TaskGrid.Events;
using TaskGrid.Hooks;
using TaskGrid.Hosting;
using TaskGrid.Queues;
using TaskGrid.Storage;
using TaskGrid.Tasks;
using TaskGrid.Webhooks;
using TaskGrid.Workers;

namespace TaskGrid.Telemetry;

/// <summary>
/// What the engine logs to. Providers are the application's, and may throw, most of all when a disk or the network is in trouble: no slot, lease or loop of the
/// engine may hang on that.
/// </summary>
/// <typeparam name="T">The class that logs.</typeparam>
internal sealed class EngineLogger<T>(ILoggerFactory loggers) : ILogger<T>
{
    private readonly ILogger _logger = loggers.CreateLogger<T>();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => _logger.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return _logger.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return false;
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            _logger.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // To whom should it be told?
        }
    }
}

/// <summary>Gives the engine its loggers.</summary>
internal static class EngineLoggerExtensions
{
    /// <summary>Gives each class of the engine that logs an <see cref="EngineLogger{T}"/>, where others get the host's own.</summary>
    public static IServiceCollection AddEngineLoggers(this IServiceCollection services) => services
        .AddEngineLogger<AttemptEnds>().AddEngineLogger<AttemptObservers>().AddEngineLogger<BulkGrain>().AddEngineLogger<EngineLifecycle>().AddEngineLogger<EventFeed>()
        .AddEngineLogger<HeldLeases>().AddEngineLogger<LapsedLeases>().AddEngineLogger<LeakedSlots>().AddEngineLogger<LiveProgress>().AddEngineLogger<Nudger>()
        .AddEngineLogger<OutcomeKeeper>().AddEngineLogger<PoolGuard>().AddEngineLogger<QueueGrain>().AddEngineLogger<QueueWatcher>().AddEngineLogger<Retention>()
        .AddEngineLogger<SiloBeat>().AddEngineLogger<SlotRunner>().AddEngineLogger<StartInstants>().AddEngineLogger<StoreConnection>().AddEngineLogger<TaskGrain>()
        .AddEngineLogger<WebhookHandler>().AddEngineLogger<Worker>().AddEngineLogger<WorkerSignals>();

    private static IServiceCollection AddEngineLogger<T>(this IServiceCollection services) => services.AddSingleton<ILogger<T>, EngineLogger<T>>();
}
