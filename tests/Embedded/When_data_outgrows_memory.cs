using StackExchange.Redis;
using Xunit;

namespace TaskGrid.Embedded;

public sealed class When_data_outgrows_memory(ITestOutputHelper output) : IDisposable
{
    private const int Megabytes = 16;
    private const int Records = 16_000;
    private const int Batch = 200;

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task All_of_it_is_there_also_after_a_kill()
    {
        using (var host = await ChildProcess.StartStoreAsync(_folder.Path, Megabytes))
        {
            await WriteAsync(host.ConnectionString);
            Assert.Equal(Records, await CountWholeAsync(host.ConnectionString));
            await host.KillAsync();
        }

        using var next = await ChildProcess.StartStoreAsync(_folder.Path, Megabytes);
        Assert.Equal(Records, await CountWholeAsync(next.ConnectionString));
        output.WriteLine($"{Records} hashes of 4 kB in a store of {Megabytes} MB; {FolderMegabytes()} MB on disk");
    }

    public void Dispose() => _folder.Dispose();

    private static async Task WriteAsync(string connectionString)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{connectionString},asyncTimeout=60000");
        var text = new string('x', 4096);
        await Task.WhenAll(Enumerable.Range(0, Records).Chunk(Batch).Select(ids => redis.GetDatabase().ScriptEvaluateAsync(
            "for i = 2, #ARGV do redis.call('HSET', '{g}:t:' .. ARGV[i], 'id', ARGV[i], 'd', ARGV[1]) end", ["{g}:epoch"], [text, .. ids.Select(id => (RedisValue)id)])));
    }

    private static async Task<long> CountWholeAsync(string connectionString)
    {
        const string count = "local n = 0 for _, id in ipairs(ARGV) do local r = redis.call('HMGET', '{g}:t:' .. id, 'id', 'd') if r[1] == id and #r[2] == 4096 then n = n + 1 end end return n";
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{connectionString},asyncTimeout=60000");
        var counts = await Task.WhenAll(Enumerable.Range(0, Records).Chunk(Batch).Select(ids => redis.GetDatabase().ScriptEvaluateAsync(
            count, ["{g}:epoch"], ids.Select(id => (RedisValue)id).ToArray())));
        return counts.Sum(n => (long)n);
    }

    private long FolderMegabytes() => new DirectoryInfo(_folder.Path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) >> 20;
}
