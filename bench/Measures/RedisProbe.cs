using System.Globalization;
using StackExchange.Redis;
using TaskGrid.Kit;

namespace TaskGrid.Bench;

/// <summary>The Redis of one contender (AOF everysec), and what is known of it.</summary>
internal sealed class RedisProbe : IAsyncDisposable
{
    private readonly RedisServer _redis;
    private readonly ConnectionMultiplexer _admin;

    private RedisProbe(RedisServer redis, ConnectionMultiplexer admin) => (_redis, _admin) = (redis, admin);

    public string Address => _redis.ConnectionString;

    public int Port => _redis.Port;

    public Version Version => _admin.GetServers()[0].Version;

    public IDatabase Database => _admin.GetDatabase();

    public static async Task<RedisProbe> StartAsync()
    {
        var redis = await RedisServer.StartAsync();
        return new(redis, await ConnectionMultiplexer.ConnectAsync($"{redis.ConnectionString},allowAdmin=true,asyncTimeout=60000"));
    }

    public async Task<RedisUsage> UsageAsync()
    {
        var info = (await _admin.GetServers()[0].InfoAsync()).SelectMany(g => g).GroupBy(p => p.Key).ToDictionary(g => g.Key, g => g.First().Value);
        double Number(string key) => double.Parse(info[key], CultureInfo.InvariantCulture);
        return new(
            CpuMs: 1000 * (Number("used_cpu_user") + Number("used_cpu_sys") + Number("used_cpu_user_children") + Number("used_cpu_sys_children")),
            Commands: (long)Number("total_commands_processed"),
            TrafficBytes: (long)(Number("total_net_input_bytes") + Number("total_net_output_bytes")),
            DataBytes: (long)(Number("used_memory") - Number("mem_clients_normal") - Number("mem_aof_buffer")),
            Rewrites: (long)Number("aof_rewrites"));
    }

    public async ValueTask DisposeAsync()
    {
        await _admin.DisposeAsync();
        await _redis.DisposeAsync();
    }
}
