using TaskGrid.Storage;

namespace TaskGrid.Store;

public sealed class FormatTests(StoreServers servers) : StoreTest(servers)
{
    [Theory, OnEveryStore]
    public async Task Open_OfAGridThatAnotherVersionHasWritten_IsRefused(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await grid.AcceptAsync("a");
        await grid.Raw.KeyDeleteAsync(grid.Key("format"));
        Assert.Contains("format 1", (await Assert.ThrowsAsync<StoreFormatException>(grid.ConnectAsync)).Message, StringComparison.Ordinal);
        await grid.Raw.StringSetAsync(grid.Key("format"), "4");
        Assert.Contains("format 4", (await Assert.ThrowsAsync<StoreFormatException>(grid.ConnectAsync)).Message, StringComparison.Ordinal);
        await grid.Raw.StringSetAsync(grid.Key("format"), "3");
        await grid.ConnectAsync();
    }
}
