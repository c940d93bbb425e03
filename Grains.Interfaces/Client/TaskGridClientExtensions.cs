using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using TaskGrid.Hooks;
using TaskGrid.Tls;

namespace TaskGrid;

/// <summary>Makes an application a client of a grid.</summary>
public static class TaskGridClientExtensions
{
    /// <summary>
    /// Connects to the grid whose silos use the Redis of connection string <c>redis</c>, and registers
    /// <see cref="ITaskClient"/>. The application references <c>Microsoft.Orleans.Clustering.Redis</c>. The grid's name comes
    /// from <c>TaskGrid:Name</c> (default <c>taskgrid</c>) and must be that of the silos. Starting waits until a silo is up.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no connection string <c>redis</c>.</exception>
    public static IHostApplicationBuilder AddTaskGridClient(this IHostApplicationBuilder builder)
    {
        var redis = builder.Configuration.GetConnectionString("redis")
            ?? throw new InvalidOperationException("Set ConnectionStrings__redis to the Redis of the grid, for example localhost:6379.");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Orleans:Clustering:ProviderType"] = "Redis",
            ["Orleans:Clustering:ConnectionString"] = redis,
        });
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(o => o.ClusterId = o.ServiceId = builder.Configuration["TaskGrid:Name"] ?? "taskgrid");
            // Calls that a silo does not answer hang until this is over, and are then retried with the same id.
            client.Configure<ClientMessagingOptions>(o => o.ResponseTimeout = TimeSpan.FromSeconds(8));
            client.Configure<GatewayOptions>(o => o.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));
            client.AddGatewayCountChangedHandler(services => services.GetRequiredService<LostGateways>().Changed);
            client.UseConnectionRetryFilter<PatientConnection>();
            if (GridTls.From(builder.Configuration) is { } tls)
            {
                client.Configure<ClientConnectionOptions>(o => o.ConfigureConnection(tls.UseClient));
            }
        });
        builder.Services.AddTaskClient();
        return builder;
    }

    /// <summary>Registers <see cref="ITaskClient"/>, <see cref="IQueueClient"/> and <see cref="IBulkClient"/> over the grain factory that the host already has.</summary>
    public static IServiceCollection AddTaskClient(this IServiceCollection services)
    {
        services.TryAddSingleton<ITaskTransport, GrainTransport>();
        services.AddTaskClientParts();
        services.TryAddSingleton<IQueueClient, QueueClient>();
        services.TryAddSingleton<IBulkClient, BulkClient>();
        services.TryAddSingleton<IWorkerClient, WorkerClient>();
        services.TryAddSingleton<IStatsClient, StatsClient>();
        services.TryAddSingleton<ApiKeyClient>();
        services.TryAddSingleton<AuditClient>();
        return services;
    }

    /// <summary>What <see cref="ITaskClient"/> consists of, whichever way its calls go.</summary>
    internal static void AddTaskClientParts(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<TaskGridClientOptions>()
            .BindConfiguration(TaskGridClientOptions.Section)
            .Validate(o => o.SubmitTimeout >= TimeSpan.FromSeconds(1) && o.SubmitTimeout <= TimeSpan.FromMinutes(10), "TaskGrid:Client:SubmitTimeout must be between 1 second and 10 minutes.")
            .ValidateOnStart();
        services.TryAddSingleton<LostGateways>();
        services.TryAddSingleton<GridCalls>();
        services.TryAddSingleton<ITaskContextAccessor, TaskContextAccessor>();
        services.TryAddSingleton<SubmitPipeline>();
        services.TryAddSingleton<TaskLists>();
        services.TryAddSingleton<ITaskClient, TaskClient>();
    }
}
