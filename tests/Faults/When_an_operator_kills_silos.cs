using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults;

public sealed class When_an_operator_kills_silos(ITestOutputHelper output)
{
    /// <summary>
    /// Ten rounds, two of three silos each time, in the middle of their work. What was interrupted runs again and ends before the
    /// next round: a task that is there at three deaths in a row is taken for their cause, and the grid can't know better.
    /// </summary>
    [Fact]
    public async Task Twenty_kills_fail_no_task()
    {
        await using var grid = await RealGrid.StartAsync(silos: 3);
        var deaths = new Dictionary<int, TimeSpan>();
        var ids = new List<string>();
        var interrupted = 0;
        for (var round = 0; round < 10; round++)
        {
            var victims = grid.Silos.Take(2).ToList();
            var handles = await SubmitUntilAllRunAsync(grid, victims);
            ids.AddRange(handles.Select(h => h.Id));
            foreach (var victim in victims)
            {
                await grid.KillAsync(victim);
                deaths[victim.Pid] = RealGrid.Now;
            }

            interrupted += grid.Executions.Count(e => deaths.ContainsKey(e.Pid) && e.EndedAt is null && handles.Any(h => h.Id == e.Id));
            await Task.WhenAll(grid.AddSiloAsync(), grid.AddSiloAsync());
            Assert.All(await grid.FinalAsync(handles, TimeSpan.FromSeconds(60)), s => Assert.Equal(TaskState.Succeeded, s.State));
        }

        var findings = Findings.Of(Ledger.Of(ids), grid.Executions, deaths);
        output.WriteLine($"N = {ids.Count} tasks, 20 kills, {interrupted} interruptions; lost {findings.Lost.Count}, overlaps {findings.Overlaps.Count}");
        Assert.True(interrupted >= 20, $"only {interrupted} attempts were interrupted");
        Assert.Empty(findings.Lost);
        Assert.Empty(findings.Overlaps);
    }

    /// <summary>A silo that has just been started may get nothing of the first tasks: then there are more.</summary>
    private static async Task<List<TaskHandle>> SubmitUntilAllRunAsync(RealGrid grid, IReadOnlyList<ServerProcess> silos)
    {
        var handles = new List<TaskHandle>();
        bool AllRun() => silos.All(s => grid.Executions.Any(e => e.Pid == s.Pid && e.EndedAt is null));
        for (var batches = 0; batches < 20 && !AllRun(); batches++)
        {
            handles.AddRange(await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => grid.Tasks.SubmitAsync("work", new { milliseconds = 1000 }))));
            await grid.UntilAsync(g => AllRun() || handles.All(h => g.Executions.Any(e => e.Id == h.Id && e.EndedAt is not null)), "all silos run something, or everything has run");
        }

        Assert.True(AllRun(), $"of {handles.Count} tasks one of the silos runs none");
        return handles;
    }
}
