using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using TaskGrid.Kit;
using TaskGrid.Storage;

namespace TaskGrid.Store;

/// <summary>It holds its data in memory, as Redis does, and refuses more before it is full; what is forgotten makes room.</summary>
public sealed class When_the_embedded_store_is_full
{
    private const int Value = 20_000;
    private const int Batch = 100;

    [Fact]
    public async Task Nothing_is_accepted_until_there_is_room()
    {
        await using var server = new GarnetProcess(Ports.Free());
        await server.StartAsync();
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{server.ConnectionString},asyncTimeout=60000");
        var store = redis.GetDatabase();
        var check = new StoreCheck(allowUnsafe: false, NullLogger.Instance);
        await check.LookAsync(store);
        Assert.Null(check.Refusal);

        var written = 0;
        while (check.Refusal is null)
        {
            Assert.True((long)written * Value < GarnetProcess.Memory, "All of its memory was written full, and it went on accepting.");
            await store.ScriptEvaluateAsync("for i = 1, ARGV[2] do redis.call('HSET', '{g}:' .. ARGV[1] + i, 'd', ARGV[3]) end", ["{g}:epoch"], [written, Batch, new string('x', Value)]);
            written += Batch;
            await check.LookAsync(store);
        }

        Assert.Equal(ErrorCodes.StoreFull, check.Refusal.Code);
        Assert.Equal(0, await OnDiskAsync(redis));

        for (var i = 0; i < written / 2; i += Batch)
        {
            await store.ScriptEvaluateAsync("for i = 1, ARGV[2] do redis.call('DEL', '{g}:' .. ARGV[1] + i) end", ["{g}:epoch"], [i, Batch]);
        }

        await check.LookAsync(store);
        Assert.Null(check.Refusal);
    }

    /// <summary>How much of the data was moved out of memory: the address at which memory begins, less that of the first record.</summary>
    private static async Task<long> OnDiskAsync(ConnectionMultiplexer redis)
    {
        var lines = ((string)(await redis.GetDatabase().ExecuteAsync("INFO", "STORE"))!).Split("\r\n");
        long Of(string name) => long.Parse(lines.Single(line => line.StartsWith($"{name}:", StringComparison.Ordinal))[(name.Length + 1)..]);
        return Of("Log.HeadAddress") - Of("Log.BeginAddress");
    }
}
