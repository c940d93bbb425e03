using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization;
using StackExchange.Redis;
using TaskGrid.Bulk;
using TaskGrid.Events;
using TaskGrid.Hooks;
using TaskGrid.Hosting;
using TaskGrid.Queues;
using TaskGrid.Storage;
using TaskGrid.Tasks;
using TaskGrid.Telemetry;
using TaskGrid.Tls;
using TaskGrid.Webhooks;
using TaskGrid.Workers;

namespace TaskGrid;

/// <summary>Makes a host a silo of a grid.</summary>
public static class TaskGridHostExtensions
{
    /// <summary>
    /// Adds a silo that runs the tasks added to the returned builder, in the cluster whose silos share the Redis of connection
    /// string <c>redis</c>, and registers <see cref="ITaskClient"/>. Settings come from section <c>TaskGrid</c>
    /// (<see cref="TaskGridOptions"/>; <c>Address</c>, <c>SiloPort</c>, <c>GatewayPort</c>: loopback and free ports by default;
    /// address <c>auto</c> is the machine's own, for containers).
    /// Calling it again returns the same builder.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no connection string <c>redis</c>, or the address is not one.</exception>
    public static TaskGridBuilder AddTaskGrid(this IHostApplicationBuilder builder)
    {
        if (builder.Services.FirstOrDefault(d => d.ServiceType == typeof(TaskGridBuilder))?.ImplementationInstance is TaskGridBuilder existing)
        {
            return existing;
        }

        var redis = builder.Configuration.GetConnectionString("redis")
            ?? throw new InvalidOperationException("Set ConnectionStrings__redis to the Redis that the silos of the grid share, for example localhost:6379.");
        var endpoints = SiloEndpoints.From(builder.Configuration);
        var name = builder.Configuration["TaskGrid:Name"] ?? new TaskGridOptions().Name;
        var tls = GridTls.From(builder.Configuration);
        builder.UseOrleans(silo => silo.AddCluster(name, redis, endpoints).AddTls(tls));
        return builder.AddTaskGridEngine(redis);
    }

    /// <summary>The engine alone, for a host that has its cluster from elsewhere.</summary>
    internal static TaskGridBuilder AddTaskGridEngine(this IHostApplicationBuilder builder, string redis)
    {
        builder.Services.AddOptions<TaskGridOptions>().BindConfiguration(TaskGridOptions.Section).ValidateDataAnnotations()
            .Validate(o => o.Defaults is null || SettingsRules.Check(o.Defaults) is null, "A setting in TaskGrid:Defaults is out of its bounds.").ValidateOnStart();
        builder.Services.AddOptions<WebhookOptions>().BindConfiguration(WebhookOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddTaskClient();
        builder.Services.AddEngine(redis);
        builder.UseOrleans(silo => silo.AddEngine(redis));
        var grid = new TaskGridBuilder(builder.Services);
        builder.Services.AddSingleton(grid);
        return grid.AddTask<WebhookDelivery, WebhookHandler>();
    }

    /// <summary>Clustering, reminders and grain storage on one Redis, with a membership that notices a dead or frozen silo in seconds.</summary>
    private static ISiloBuilder AddCluster(this ISiloBuilder silo, string name, string redis, SiloEndpoints endpoints)
    {
        silo.Configure<ClusterOptions>(o => o.ClusterId = o.ServiceId = name);
        silo.ConfigureEndpoints(endpoints.Address, endpoints.SiloPort, endpoints.GatewayPort, listenOnAnyHostAddress: false);
        silo.UseRedisClustering(o => o.ConfigurationOptions = Redis(redis));
        silo.UseRedisReminderService(o => o.ConfigurationOptions = Redis(redis));
        silo.AddRedisGrainStorageAsDefault(o => o.ConfigurationOptions = Redis(redis));
        silo.Configure<ClusterMembershipOptions>(o =>
        {
            o.ProbeTimeout = TimeSpan.FromSeconds(1);
            o.MaxProbeTimeout = TimeSpan.FromSeconds(2);
            o.NumMissedProbesLimit = 3;
            o.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(2);
            // Who probes through whom is decided when the table is read: of two silos that die together one is asked about the other until then.
            o.TableRefreshTimeout = TimeSpan.FromSeconds(2);
            // Judged by one machine's clock against another's: a silo whose clock is five minutes behind could never join.
            o.EvictWhenMaxJoinAttemptTimeExceeded = false;
            o.DefunctSiloCleanupPeriod = TimeSpan.FromMinutes(10);
            o.DefunctSiloExpiration = TimeSpan.FromHours(1);
        });
        return silo;
    }

    private static void AddTls(this ISiloBuilder silo, GridTls? tls)
    {
        if (tls is not null)
        {
            silo.Configure<SiloConnectionOptions>(o =>
            {
                o.ConfigureSiloInboundConnection(tls.UseServer);
                o.ConfigureSiloOutboundConnection(tls.UseClient);
                o.ConfigureGatewayInboundConnection(tls.UseServer);
            });
        }
    }

    private static ISiloBuilder AddEngine(this ISiloBuilder silo, string redis)
    {
        silo.Configure<SiloMessagingOptions>(o => o.ResponseTimeout = TimeSpan.FromSeconds(8));
        // Most grains are tasks, which come once and go: the default of a million would hold on to where they had been.
        silo.Configure<GrainDirectoryOptions>(o => o.CacheSize = 10_000);
        silo.AddGrainService<WorkerService>();
        // Events live for a moment: what is lost with a silo is read from the store.
        silo.AddMemoryStreams(EventStreams.Provider);
        silo.AddRedisGrainStorage("PubSubStore", o => o.ConfigurationOptions = Redis(redis));
        return silo;
    }

    private static IServiceCollection AddEngine(this IServiceCollection services, string redis)
    {
        services.AddEngineLoggers();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddKeyedSingleton<TimeProvider>(TaskGridTime.Key, (p, _) => p.GetRequiredService<TimeProvider>());
        services.AddSingleton(p => p.GetRequiredService<IConfiguration>().GetSection(EngineFaults.Section).Get<EngineFaults>() ?? new());
        services.AddSingleton(p =>
        {
            var options = p.GetRequiredService<IOptions<TaskGridOptions>>().Value;
            return new StoreOptions { ConnectionString = redis, Grid = options.Name, AllowUnsafe = options.AllowUnsafeStore };
        });
        services.AddSingleton<StoreConnection>();
        services.AddSingleton<TaskStore>();
        services.AddSingleton<LeaseStore>();
        services.AddSingleton<SiloStore>();
        services.AddSingleton<QueueStore>();
        services.AddSingleton<ManyStore>();
        services.AddSingleton<BulkSteps>();
        services.AddSingleton<AuditStore>();
        services.AddSingleton<TaskListStore>();
        services.AddSingleton<StatsStore>();
        services.AddSingleton<QueueDirectory>();
        services.AddSingleton<SettingsResolver>();
        services.AddSingleton<Retention>();
        services.AddSingleton<TaskGrains>();
        services.AddSingleton<TaskDirectory>();
        // An exception that can't be written would reach its caller as a fault of the serializer, which says nothing.
        services.Configure<ExceptionSerializationOptions>(o => o.SupportedExceptionTypeFilter = _ => true);
        services.AddSingleton<IAttributeToFactoryMapper<PersistentRecordAttribute>, PersistentRecordFactory>();
        services.AddSingleton<Nudger>();
        services.AddSingleton<QueueWatcher>();
        services.AddSingleton<WorkerSignals>();
        services.AddSingleton<WorkerServiceClient>();
        services.AddSingleton<SiloIncarnation>();
        services.AddSingleton<Capabilities>();
        services.AddSingleton<LapsedLeases>();
        services.AddSingleton<WaitingOutcomes>();
        services.AddSingleton<OutcomeKeeper>();
        services.AddSingleton<ExecutionPipeline>();
        services.AddSingleton<AttemptObservers>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(p => p.GetRequiredService<AttemptObservers>());
        services.AddSingleton<HeldLeases>();
        services.AddSingleton<LiveProgress>();
        services.AddSingleton<EventFeed>();
        services.AddSingleton<WebhookCalls>();
        services.AddSingleton<Reluctance>();
        services.AddSingleton<LeaseArrivals>();
        services.AddSingleton<LeakedSlots>();
        services.AddSingleton<AttemptRunner>();
        services.AddSingleton<AttemptEnds>();
        services.AddSingleton(p => p.GetRequiredService<StoreConnection>().Clock);
        services.AddSingleton<StartInstants>();
        services.AddSingleton<SlotRunner>();
        services.AddSingleton(p => new Slots(p.GetRequiredService<IOptions<TaskGridOptions>>().Value.EffectiveSlots, p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => new SynchronousThreads(p.GetRequiredService<IOptions<TaskGridOptions>>().Value.EffectiveSlots, p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<PoolGuard>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(p => p.GetRequiredService<PoolGuard>());
        services.AddSingleton<SlotMeasures>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(p => p.GetRequiredService<SlotMeasures>());
        services.AddSingleton<ServedQueues>();
        services.AddSingleton<Worker>();
        services.AddSingleton<SiloBeat>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, EngineLifecycle>();
        return services;
    }

    private static ConfigurationOptions Redis(string connectionString)
    {
        var options = RedisConfiguration.Parse(connectionString);
        options.AbortOnConnectFail = false;
        return options;
    }
}
