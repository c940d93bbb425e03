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
        await grid.Raw.StringSetAsync(grid.Key("format"), "3");
        Assert.Contains("format 3", (await Assert.ThrowsAsync<StoreFormatException>(grid.ConnectAsync)).Message, StringComparison.Ordinal);
        await grid.Raw.StringSetAsync(grid.Key("format"), "2");
        await grid.ConnectAsync();
    }

    /// <summary>One piece for a small task, and not a table: it is why a record's state lies in three fields.</summary>
    [Fact]
    public async Task Record_OfASmallTask_IsOnePieceInRedis()
    {
        Assert.SkipWhen(Kit.RedisServer.Path is null, "redis-server is not on the PATH.");
        var grid = await OpenAsync(StoreKind.Redis);
        var silo = "10.100.100.100:11111@154903960~1";
        await grid.Tasks.AcceptAsync(TestGrid.Task("01a223e8-f731-76e7-bfb0-2463e51d0350", "default", "send_email", args: "{\"x\":12345,\"y\":1}", hash: new('f', 22)));
        await grid.Silos.RegisterAsync(silo, "caps", [new("send_email", new("default", new()))]);
        Assert.Equal("listpack", (string?)await grid.Raw.ExecuteAsync("OBJECT", "ENCODING", grid.Key("t:01a223e8-f731-76e7-bfb0-2463e51d0350")));
        var lease = Assert.Single(await grid.LeaseAsync(new(silo, "caps"), queue: "default"));
        await grid.SucceedAsync(lease);
        Assert.Equal("listpack", (string?)await grid.Raw.ExecuteAsync("OBJECT", "ENCODING", grid.Key("t:01a223e8-f731-76e7-bfb0-2463e51d0350")));
    }
}
