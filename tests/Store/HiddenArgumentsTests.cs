using System.Text;
using TaskGrid.Tasks;

namespace TaskGrid.Store;

/// <summary>Arguments that only the handler sees.</summary>
public sealed class HiddenArgumentsTests(StoreServers servers) : StoreTest(servers)
{
    /// <summary>Who finds a task by a part of what is hidden has learnt it; what else there is to find it by stays.</summary>
    [Theory, OnEveryStore]
    public async Task List_WithTextOfHiddenArguments_FindsNothing(StoreKind store)
    {
        var grid = await OpenAsync(store);
        var silo = await grid.SiloAsync();
        var header = new TaskHeader("work", null, [new("card", 1)]);
        foreach (var (id, customer) in ((string, string)[])[("short", "ada"), ("long", $"ada{new string('x', 5000)}")])
        {
            await grid.Tasks.AcceptAsync(TestGrid.Task(id) with { Definition = new(header, new(Encoding.UTF8.GetBytes($$"""{"customer":"{{customer}}","card":"4111"}""")), new() { Headers = new Dictionary<string, string> { ["x"] = "noted" } }) });
        }

        await grid.Tasks.AcceptAsync(TestGrid.Task("open", args: """{"customer":"ada","card":"4111","say":"\"sensitive\":["}"""));
        Assert.Equal("open", await grid.IdsAsync(new() { Text = "4111" }));
        Assert.Equal("open", await grid.IdsAsync(new() { Text = "ada" }));
        Assert.Equal("long short", await grid.IdsAsync(new() { Text = "noted" }));
        Assert.Equal("short", await grid.IdsAsync(new() { Text = "SHORT" }));
        Assert.Equal(1, await grid.CountOverAsync("cancel", "requested", new() { Text = "4111" }));
        await grid.FailAsync(await grid.LeaseOneAsync(silo, "short"));
        Assert.Equal("short", await grid.IdsAsync(new() { Text = "it failed" }));
        Assert.Equal("""{"customer":"ada","card":"[hidden]"}""", (await grid.ReadAsync("short")).ToSnapshot().Args.ToString());
        Assert.Equal("""{"customer":"ada","card":"4111"}""", (await grid.ReadAsync("short")).Definition!.Args.ToString());
    }
}
