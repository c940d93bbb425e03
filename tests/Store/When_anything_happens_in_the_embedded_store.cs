using TaskGrid.Store.Model;

namespace TaskGrid.Store;

/// <summary>The same 10,000 random operations, 1,000 of each of ten seeds, that are done to Redis.</summary>
public sealed class When_anything_happens_in_the_embedded_store(StoreServers servers) : StoreTest(servers)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public async Task The_store_does_what_the_model_says(int seed) => await new ModelRun(await OpenAsync(StoreKind.Garnet), seed).RunAsync(1_000);
}
