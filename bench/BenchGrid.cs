using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using TaskGrid.Kit;

namespace TaskGrid.Bench;

/// <summary>A Redis (AOF everysec), one silo process, and this process as the client.</summary>
internal sealed class BenchGrid : IAsyncDisposable
{
    private readonly RedisServer _redis;
    private readonly ServerProcess _silo;
    private readonly IHost _client;
    private readonly ConnectionMultiplexer _admin;

    private BenchGrid(RedisServer redis, ServerProcess silo, IHost client, ConnectionMultiplexer admin)
    {
        _redis = redis;
        _silo = silo;
        _client = client;
        _admin = admin;
    }

    public ITaskClient Tasks => _client.Services.GetRequiredService<ITaskClient>();

    public string Redis => _redis.ConnectionString;

    public IQueueClient Queues => _client.Services.GetRequiredService<IQueueClient>();

    public IBulkClient Bulk => _client.Services.GetRequiredService<IBulkClient>();

    public string Machine => $"{Environment.ProcessorCount} cores shared by client, silo and Redis; {RuntimeInformation.FrameworkDescription}; "
        + $"{RuntimeInformation.OSDescription}; Redis {Server.Version}, AOF everysec; single silo, default options";

    private IServer Server => _admin.GetServers()[0];

    public static async Task<BenchGrid> StartAsync()
    {
        var redis = await RedisServer.StartAsync();
        var silo = await ServerProcess.StartAsync(Path.Combine(AppContext.BaseDirectory, "TaskGrid.Silo.dll"), "Application started", new Dictionary<string, string>
        {
            ["ConnectionStrings__redis"] = redis.ConnectionString,
            ["TaskGrid__Examples"] = "true",
            ["TaskGrid__SiloPort"] = $"{Ports.Free()}",
            ["TaskGrid__GatewayPort"] = $"{Ports.Free()}",
            ["Logging__LogLevel__Default"] = "Warning",
            ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
            ["DOTNET_gcServer"] = "1",
        });
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:redis"] = redis.ConnectionString });
        builder.AddTaskGridClient();
        var client = builder.Build();
        await client.StartAsync();
        return new(redis, silo, client, await ConnectionMultiplexer.ConnectAsync($"{redis.ConnectionString},allowAdmin=true"));
    }

    /// <summary>What has been used so far, by process.</summary>
    public async Task<Usage> UsageAsync()
    {
        var info = (await Server.InfoAsync()).SelectMany(g => g).GroupBy(p => p.Key).ToDictionary(g => g.Key, g => g.First().Value);
        using var self = Process.GetCurrentProcess();
        double Redis(string key) => double.Parse(info[key], System.Globalization.CultureInfo.InvariantCulture);
        return new(
            self.TotalProcessorTime, _silo.Cpu, TimeSpan.FromSeconds(Redis("used_cpu_user") + Redis("used_cpu_sys")),
            (long)Redis("total_commands_processed"), (long)(Redis("total_net_input_bytes") + Redis("total_net_output_bytes")));
    }

    /// <summary>How many tasks have succeeded, by the store's counter.</summary>
    public async Task<long> SucceededAsync() => (long)await _admin.GetDatabase().HashGetAsync("{taskgrid}:counts", "S:default");

    public async ValueTask DisposeAsync()
    {
        await _client.StopAsync();
        _client.Dispose();
        await _silo.DisposeAsync();
        await _admin.DisposeAsync();
        await _redis.DisposeAsync();
    }
}

/// <summary>Processor time by process, and what Redis was asked.</summary>
internal sealed record Usage(TimeSpan Client, TimeSpan Silo, TimeSpan Redis, long RedisCommands, long RedisBytes)
{
    public static Usage operator -(Usage a, Usage b) => new(
        a.Client - b.Client, a.Silo - b.Silo, a.Redis - b.Redis, a.RedisCommands - b.RedisCommands, a.RedisBytes - b.RedisBytes);
}
