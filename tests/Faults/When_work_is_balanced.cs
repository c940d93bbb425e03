using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults;

[Collection(Alone.Name)]
public sealed class When_work_is_balanced(ITestOutputHelper output)
{
    // So long that the processors have little to do: what is looked at is whether the slots are filled, not how fast this machine is.
    private const int Milliseconds = 500;

    [Fact]
    public async Task Three_silos_share_it_evenly_and_a_fourth_gets_some_at_once()
    {
        const int n = 360;
        double single;
        await using (var one = await RealGrid.StartAsync(silos: 1, slots: 8))
        {
            single = PerSecond(await RunsAsync(one, 96));
        }

        await using var grid = await RealGrid.StartAsync(silos: 3, slots: 8);
        var runs = await RunsAsync(grid, n);
        var (three, perSilo) = (PerSecond(runs), runs.CountBy(e => e.Pid).ToDictionary());
        output.WriteLine($"one silo {single:0.0}/s, three {three:0.0}/s ({three / single:0.00} x); runs by silo {string.Join(", ", perSilo.Values)}");
        Assert.All(grid.Silos, s => Assert.InRange(perSilo[s.Pid], n / 3 * 0.85, n / 3 * 1.15));
        Assert.True(three > 2.6 * single, $"three silos did {three:0.0}/s, one {single:0.0}/s");

        var backlog = SubmitAsync(grid, n * 2, Milliseconds);
        var fourth = await grid.AddSiloAsync();
        var active = RealGrid.Now;
        await grid.FinalAsync(await backlog, TimeSpan.FromSeconds(60));
        var first = grid.Executions.Where(e => e.Pid == fourth.Pid).Select(e => e.StartedAt).Order().FirstOrDefault(TimeSpan.MaxValue);
        output.WriteLine($"the fourth silo got work {(first - active).TotalSeconds:0.0} s after it was active");
        Assert.True(first - active < TimeSpan.FromSeconds(5), $"the fourth silo got work after {(first - active).TotalSeconds:0.0} s");
    }

    private static async Task<List<Execution>> RunsAsync(RealGrid grid, int count)
    {
        await grid.FinalAsync(await SubmitAsync(grid, 48, 1), TimeSpan.FromSeconds(30));
        var start = RealGrid.Now;
        await grid.FinalAsync(await SubmitAsync(grid, count, Milliseconds), TimeSpan.FromSeconds(120));
        var runs = grid.Executions.Where(e => e.StartedAt > start).ToList();
        Assert.Equal(count, runs.Count);
        return runs;
    }

    private static double PerSecond(List<Execution> runs) => runs.Count / (runs.Max(e => e.EndedAt!.Value) - runs.Min(e => e.StartedAt)).TotalSeconds;

    private static Task<TaskHandle[]> SubmitAsync(RealGrid grid, int count, int milliseconds) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => grid.Tasks.SubmitAsync("work", new { milliseconds })));
}
