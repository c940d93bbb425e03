using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TaskGrid.Embedded;

/// <summary>What this program does when a test starts it as a process of its own.</summary>
internal static class Children
{
    /// <summary>Hosts or joins a store until it is killed or its input ends.</summary>
    public static async Task<int> RunStoreAsync(string folder, int megabytes)
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        using var store = EmbeddedStore.StartOrJoin(folder, Settings.With(megabytes), loggers);
        Console.WriteLine($"{(store.IsHost ? "HOSTS" : "JOINED")} {store.ConnectionString}");
        await Console.In.ReadToEndAsync();
        return 0;
    }

    /// <summary>An application as a user writes it: the store, a silo on it, and a service that writes at the last moment.</summary>
    public static async Task<int> RunApplicationAsync(string folder)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration["TaskGrid:DataFolder"] = folder;
        builder.AddGridStore();
        var redis = builder.Configuration.GetConnectionString("redis")!;
        builder.UseOrleans(silo => silo
            .UseRedisClustering(redis)
            .ConfigureEndpoints(IPAddress.Loopback, Ports.Free(), Ports.Free(), listenOnAnyHostAddress: false));
        builder.Services.AddHostedService<LastWriter>();
        using var host = builder.Build();
        await host.StartAsync();
        Console.WriteLine($"READY {redis}");
        await host.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>Writes when it is stopped, and again when the container is taken down.</summary>
    private sealed class LastWriter(IConfiguration configuration) : IHostedService, IAsyncDisposable
    {
        private ConnectionMultiplexer? _redis;

        public async Task StartAsync(CancellationToken cancellationToken) => _redis = await ConnectionMultiplexer.ConnectAsync(configuration.GetConnectionString("redis")!);

        public Task StopAsync(CancellationToken cancellationToken) => _redis!.GetDatabase().StringSetAsync("stopped", "yes");

        public async ValueTask DisposeAsync()
        {
            if (_redis is not null)
            {
                await _redis.GetDatabase().StringSetAsync("disposed", "yes");
                await _redis.DisposeAsync();
            }
        }
    }
}
