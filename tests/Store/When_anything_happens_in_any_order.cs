using TaskGrid.Kit;
using TaskGrid.Store.Model;

namespace TaskGrid.Store;

/// <summary>
/// Order, limits, rates, expiry, uniqueness and changes on Redis, against a plain model of the rules: 28,000 random operations. The first 1,000 of
/// each seed are those that the slower embedded store does, in a class of its own, so that both go at once.
/// </summary>
public sealed class When_anything_happens_in_any_order(StoreServers servers) : StoreTest(servers)
{
    [Theory]
    [InlineData(1, 10_000)]
    [InlineData(2, 10_000)]
    [InlineData(3, 1_000)]
    [InlineData(4, 1_000)]
    [InlineData(5, 1_000)]
    [InlineData(6, 1_000)]
    [InlineData(7, 1_000)]
    [InlineData(8, 1_000)]
    [InlineData(9, 1_000)]
    [InlineData(10, 1_000)]
    public async Task The_store_does_what_the_model_says(int seed, int operations)
    {
        Assert.SkipWhen(RedisServer.Path is null, "redis-server is not on the PATH.");
        await new ModelRun(await OpenAsync(StoreKind.Redis), seed).RunAsync(operations);
    }
}
