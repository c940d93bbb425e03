using TaskGrid.Storage;

namespace TaskGrid.Store;

public sealed class AuditTests(StoreServers servers) : StoreTest(servers)
{
    [Theory, OnEveryStore]
    public async Task Add_TheSameAgain_IsTheSameLine(StoreKind store)
    {
        var grid = await OpenAsync(store);
        Assert.Equal(1, await grid.Audit.AddAsync("""{"a":1}"""));
        Assert.Equal(2, await grid.Audit.AddAsync("""{"b": "with spaces"}"""));
        Assert.Equal(1, await grid.Audit.AddAsync("""{"a":1}"""));
        await grid.Audit.EndAsync(2, 204);
        // Its line is still the one that it was when somebody asks once more.
        Assert.Equal(2, await grid.Audit.AddAsync("""{"b": "with spaces"}"""));

        var now = grid.Now;
        Assert.Equal(
            [new AuditLine(2, now, 204, """{"b": "with spaces"}"""), new AuditLine(1, now, null, """{"a":1}""")],
            await grid.Audit.ReadAsync(null, 10));
    }

    [Theory, OnEveryStore]
    public async Task Read_PageByPage_HasEachOnce(StoreKind store)
    {
        var grid = await OpenAsync(store);
        Assert.Empty(await grid.Audit.ReadAsync(null, 10));
        for (var i = 1; i <= 10; i++)
        {
            await grid.Audit.AddAsync($"{i}");
        }

        var pages = new List<long[]>();
        long? below = null;
        do
        {
            pages.Add([.. (await grid.Audit.ReadAsync(below, 4)).Select(l => l.Number)]);
            below = pages[^1].LastOrDefault();
        }
        while (pages[^1].Length == 4);

        Assert.Equal([[10, 9, 8, 7], [6, 5, 4, 3], [2, 1]], pages);
        Assert.Empty(await grid.Audit.ReadAsync(1, 4));
    }

    [Theory, OnEveryStore]
    public async Task Add_BeyondTheLast10000_DropsTheOldestAndKeepsTheNumbers(StoreKind store)
    {
        var grid = await OpenAsync(store);
        await Task.WhenAll(Enumerable.Range(1, 10_050).Select(i => grid.Audit.AddAsync($"{i}")));

        Assert.Equal(10_050, Assert.Single(await grid.Audit.ReadAsync(null, 1)).Number);
        Assert.Equal(51, Assert.Single(await grid.Audit.ReadAsync(52, 200)).Number);
        await grid.Audit.EndAsync(51, 200);
        await grid.Audit.EndAsync(50, 200);
        Assert.Equal(200, Assert.Single(await grid.Audit.ReadAsync(52, 1)).Status);
        Assert.Empty(await grid.Audit.ReadAsync(51, 1));
    }
}
