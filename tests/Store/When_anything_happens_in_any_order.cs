using TaskGrid.Kit;
using TaskGrid.Store.Model;

namespace TaskGrid.Store;

/// <summary>
/// Order, limits, rates, expiry, uniqueness and changes on Redis, against a plain model of the rules: 50,000 random operations. The slower
/// embedded store has fewer, in a class of its own, so that both go at once.
/// </summary>
public sealed class When_anything_happens_in_any_order(StoreServers servers) : StoreTest(servers)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task The_store_does_what_the_model_says(int seed)
    {
        Assert.SkipWhen(RedisServer.Path is null, "redis-server is not on the PATH.");
        await new ModelRun(await OpenAsync(StoreKind.Redis), seed).RunAsync(10_000);
    }
}
