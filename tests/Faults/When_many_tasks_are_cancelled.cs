using System.Diagnostics;
using Xunit;

namespace TaskGrid.Faults;

[Collection(Alone.Name)]
public sealed class When_many_tasks_are_cancelled(ITestOutputHelper output)
{
    [Fact]
    public async Task It_begins_at_once_and_submits_elsewhere_go_on()
    {
        const int n = 100_000;
        await using var grid = await RealGrid.StartAsync(silos: 2);
        await grid.Queues.PauseAsync("import");
        var ids = await grid.SubmitManyAsync(n, "work", new { milliseconds = 1 }, new() { Queue = "import", Tags = ["import-7"] });
        var quiet = await SubmitWhileAsync(grid, started => Task.FromResult(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(2)));

        var start = RealGrid.Now;
        var bulk = await grid.Bulk.CancelAsync(tag: "import-7");
        TimeSpan? begun = null;
        var busy = await SubmitWhileAsync(grid, async _ =>
        {
            var snapshot = (await bulk.GetSnapshotAsync())!;
            begun ??= snapshot.Done > 0 ? RealGrid.Now - start : null;
            return snapshot.FinishedAt is null;
        });
        var through = await bulk.WaitAsync(TestContext.Current.CancellationToken);
        var took = RealGrid.Now - start;

        await grid.Queues.ResumeAsync("import");
        await grid.FinalAsync([await grid.Tasks.SubmitAsync("work", new { milliseconds = 1 }, new() { Queue = "import", Priority = 0 })], TimeSpan.FromSeconds(30));
        output.WriteLine($"N = {n}: the first were seen cancelled after {begun?.TotalMilliseconds:0} ms, all after {took.TotalSeconds:0.0} s; "
            + $"submits to another queue: {Describe(busy)} meanwhile, {Describe(quiet)} before");
        Assert.Equal(n, through.Done);
        Assert.True(begun < TimeSpan.FromSeconds(1), $"the first were seen cancelled after {begun}");
        Assert.DoesNotContain(grid.Executions, e => ids.Contains(e.Id));
        Assert.True(At(busy, 99) < 50, $"p99 of the submits meanwhile was {At(busy, 99):0.0} ms");
    }

    /// <summary>Submits one task after the other; returns how long each took to be acknowledged, in milliseconds.</summary>
    private static async Task<IReadOnlyList<double>> SubmitWhileAsync(RealGrid grid, Func<long, Task<bool>> goesOn)
    {
        var times = new List<double>();
        var started = Stopwatch.GetTimestamp();
        while (await goesOn(started))
        {
            for (var i = 0; i < 5; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await grid.Tasks.SubmitAsync("work", new { milliseconds = 1 });
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        return [.. times.Order()];
    }

    private static string Describe(IReadOnlyList<double> sorted) =>
        $"{sorted.Count} with p50 {At(sorted, 50):0.0} ms and p99 {At(sorted, 99):0.0} ms";

    private static double At(IReadOnlyList<double> sorted, int percentile) => sorted[sorted.Count * percentile / 100];
}
