using Xunit;

namespace TaskGrid.Faults;

public sealed class When_a_serial_lane_is_interrupted(ITestOutputHelper output)
{
    private static readonly int[] s_held = [60, 160];

    /// <summary>Two of its tasks last until they are caught in the middle: the silo of each is killed then.</summary>
    [Fact]
    public async Task Its_order_is_kept_and_nothing_overlaps()
    {
        const int n = 300;
        await using var grid = await RealGrid.StartAsync(silos: 3);
        var handles = new List<TaskHandle>();
        for (var i = 0; i < n; i++)
        {
            var args = new { milliseconds = 5, hold = s_held.Contains(i) };
            handles.Add(await grid.Tasks.SubmitAsync("work", args, new() { ConcurrencyKey = "account:7", ConcurrencyLimit = 1 }));
        }

        foreach (var id in s_held.Select(i => handles[i].Id))
        {
            await grid.UntilAsync(g => g.Executions.Any(e => e.Id == id), "one of those that hold runs");
            var pid = grid.Executions.Single(e => e.Id == id).Pid;
            await grid.KillAsync(grid.Silos.Single(s => s.Pid == pid));
            await grid.AddSiloAsync();
        }

        var snapshots = await grid.FinalAsync(handles, TimeSpan.FromSeconds(60));
        var runs = grid.Executions;
        var last = runs.GroupBy(r => r.Id).ToDictionary(g => g.Key, g => g.MaxBy(r => r.Token)!);
        var most = Load.MostAtOnce(runs, grid.Deaths);
        output.WriteLine($"N = {n} on {runs.Select(r => r.Pid).Distinct().Count()} silos, 2 killed, {runs.Count(r => r.EndedAt is null)} runs interrupted; at most {most} ran at once");
        Assert.All(snapshots, s => Assert.Equal(TaskState.Succeeded, s.State));
        Assert.Equal(s_held.Length, runs.Count(r => r.EndedAt is null));
        Assert.Equal(1, most);
        Assert.Equal(handles.Select(h => h.Id), last.Values.OrderBy(r => r.StartedAt).Select(r => r.Id));
    }
}
