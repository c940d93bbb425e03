using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.TestingHost;
using StackExchange.Redis;
using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Scenarios;

/// <summary>A cluster of silos in this process, all of it on the scenarios' store, and the handlers that a scenario gives it.</summary>
internal sealed class Grid : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private Grid(InProcessTestCluster cluster, string name, string redis)
    {
        _cluster = cluster;
        Name = name;
        Redis = redis;
    }

    public string Name { get; }

    /// <summary>How to reach its store.</summary>
    public string Redis { get; }

    public InProcessTestCluster Cluster => _cluster;

    public ITaskClient Tasks => ClientOn(0);

    public IQueueClient Queues => ServicesOf(0).GetRequiredService<IQueueClient>();

    public IWorkerClient Workers => ServicesOf(0).GetRequiredService<IWorkerClient>();

    public IBulkClient Bulk => ServicesOf(0).GetRequiredService<IBulkClient>();

    public static Task<Grid> StartAsync(Action<TaskGridBuilder> tasks, int silos = 1, int slots = 16, params (string Key, string Value)[] settings) =>
        StartAsync(SharedStore.ConnectionString, tasks, silos, slots, settings);

    /// <summary>On a Redis of the scenario's own, which it may fill, stop or break.</summary>
    public static Task<Grid> StartOnAsync(
        RedisServer server, Action<TaskGridBuilder> tasks, int silos = 1, int slots = 16, params (string Key, string Value)[] settings) =>
        StartAsync(server.ConnectionString, tasks, silos, slots, settings);

    public ITaskClient ClientOn(int silo) => ServicesOf(silo).GetRequiredService<ITaskClient>();

    public IServiceProvider ServicesOf(int silo) => _cluster.GetSiloServiceProvider(_cluster.Silos[silo].SiloAddress);

    /// <summary>What the silos say of themselves, as stored.</summary>
    public async Task<IReadOnlyList<string>> BeatsAsync()
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(Redis);
        return [.. (await redis.GetDatabase().HashGetAllAsync($"{{{Name}}}:silos")).Select(e => (string)e.Value!)];
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    /// <summary>On a store by its connection string.</summary>
    public static async Task<Grid> StartAsync(string redis, Action<TaskGridBuilder> tasks, int silos = 1, int slots = 16, params (string Key, string Value)[] settings)
    {
        var name = $"s{Guid.NewGuid():N}";
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSiloHost((_, host) =>
        {
            host.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["TaskGrid:Name"] = name, ["TaskGrid:Slots"] = $"{slots}" });
            host.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
            // After the test cluster, which sets its own.
            host.Services.PostConfigure<HostOptions>(o => host.Configuration.GetSection(nameof(HostOptions)).Bind(o));
            host.Logging.SetMinimumLevel(LogLevel.Warning);
            tasks(host.AddTaskGridEngine(redis));
        });
        builder.ConfigureSilo((_, silo) => silo
            .UseRedisReminderService(o => o.ConfigurationOptions = ConfigurationOptions.Parse(redis))
            .AddRedisGrainStorageAsDefault(o => o.ConfigurationOptions = ConfigurationOptions.Parse(redis)));
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new(cluster, name, redis);
    }
}

/// <summary>Waits that name what they wait for when they fail. The limit is a guard, never the thing waited for.</summary>
internal static class Guarded
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    public static async Task<TaskSnapshot> FinalAsync(this TaskHandle handle)
    {
        var snapshot = await handle.WaitAsync(s_limit, TestContext.Current.CancellationToken);
        Assert.True(snapshot.State.IsFinal(), $"{snapshot.Task} {snapshot.Id} is still {snapshot.State} on {snapshot.Worker} in attempt {snapshot.Attempt}");
        return snapshot;
    }

    /// <summary>Of thousands, in the order of their submits: the limit is for each few hundred, so that it is no demand on how fast they run.</summary>
    public static async Task<IReadOnlyList<TaskSnapshot>> AllFinalAsync(this IEnumerable<TaskHandle> handles)
    {
        var snapshots = new List<TaskSnapshot>();
        foreach (var some in handles.Chunk(500))
        {
            snapshots.AddRange(await Task.WhenAll(some.Select(h => h.FinalAsync())));
        }

        return snapshots;
    }

    /// <summary>Completes when the token fires, without ever throwing.</summary>
    public static Task Fired(this CancellationToken token)
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(fired.SetResult);
        return fired.Task;
    }

    public static Task Within(this Task task, string what) => task.WaitAsync(s_limit, TimeProvider.System, TestContext.Current.CancellationToken)
        .ContinueWith(t => Assert.True(t.IsCompletedSuccessfully, $"{what} did not happen: {t.Exception?.InnerException?.Message}"), TaskScheduler.Default);
}
