using System.Diagnostics;
using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults;

[Collection(Alone.Name)]
public sealed class When_a_backlog_is_large(ITestOutputHelper output)
{
    [Fact]
    public async Task It_lies_in_the_store_and_not_in_the_silos()
    {
        await using var grid = await RealGrid.StartAsync(silos: 1, slots: 16);
        var silo = grid.Silos[0];
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => grid.Tasks.SubmitAsync("work", new { milliseconds = 600_000 })));
        await grid.UntilAsync(g => g.Executions.Count == 16, "all slots are filled");
        await grid.SubmitManyAsync(30_000, "add", new { x = 1, y = 1 }, new() { Delay = TimeSpan.FromHours(2) });
        await grid.SubmitManyAsync(30_000, "add", new { x = 1, y = 1 }, new() { Priority = 0 });
        var before = await SettledMemoryAsync(silo);

        await grid.SubmitManyAsync(100_000, "add", new { x = 1, y = 1 }, new() { Delay = TimeSpan.FromHours(1) });
        await grid.SubmitManyAsync(100_000, "add", new { x = 1, y = 1 }, new());
        var growth = await SettledMemoryAsync(silo) - before;

        var watch = Stopwatch.StartNew();
        var second = await grid.AddSiloAsync();
        var started = watch.Elapsed;
        output.WriteLine($"N = 100,000 due in an hour and 100,000 ready: the silo grew by {growth / 1e6:0} MB from {before / 1e6:0} MB; another one started in {started.TotalSeconds:0.0} s with {second.Memory / 1e6:0} MB");
        Assert.True(growth < 100_000_000, $"the silo grew by {growth / 1e6:0} MB");
        Assert.True(started < TimeSpan.FromSeconds(10), $"a silo took {started.TotalSeconds:0.0} s to start");
    }

    /// <summary>The least of what it used over five seconds: what it holds, apart from garbage of the moment.</summary>
    private static async Task<long> SettledMemoryAsync(ServerProcess silo)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        var least = long.MaxValue;
        for (var i = 0; i < 20 && await tick.WaitForNextTickAsync(); i++)
        {
            least = Math.Min(least, silo.Memory);
        }

        return least;
    }
}
