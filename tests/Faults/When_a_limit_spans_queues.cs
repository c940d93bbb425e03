using Xunit;

namespace TaskGrid.Faults;

public sealed class When_a_limit_spans_queues(ITestOutputHelper output)
{
    private const int N = 2000;
    private const int LongRun = 1000;
    private static readonly string[] s_queues = ["left", "right"];

    /// <summary>
    /// The task <c>narrow</c> may run five times in the whole grid. In each half of the work the dispatcher of one of the queues dies, with
    /// one of the long tasks that its silo runs.
    /// </summary>
    [Fact]
    public async Task It_is_never_exceeded_though_the_dispatchers_are_killed()
    {
        await using var grid = await RealGrid.StartAsync(silos: 3);
        var handles = new List<TaskHandle>();
        foreach (var queue in s_queues)
        {
            // The dispatcher is where the queue has been used.
            await grid.FinalAsync([await grid.Tasks.SubmitAsync("narrow", new { milliseconds = 1 }, new() { Queue = queue })], TimeSpan.FromSeconds(30));
            var victim = await grid.DispatcherOfAsync(queue);
            var half = await Task.WhenAll(Enumerable.Range(0, N / 2).Select(i => SubmitAsync(grid, i)));
            handles.AddRange(half);
            var longOnes = half.Where((_, i) => IsLong(i)).Select(h => h.Id).ToHashSet();
            await grid.UntilAsync(g => g.Executions.Any(e => e.Pid == victim.Pid && e.EndedAt is null && longOnes.Contains(e.Id)), "the dispatcher's silo runs a long one");
            await grid.KillAsync(victim);
            await grid.AddSiloAsync();
        }

        var snapshots = await grid.FinalAsync(handles, TimeSpan.FromSeconds(90));
        var ids = handles.Select(h => h.Id).ToHashSet();
        var runs = grid.Executions.Where(r => ids.Contains(r.Id)).ToList();
        var findings = Findings.Of(Ledger.Of(ids), runs, grid.Deaths);
        var interrupted = runs.Count(r => r.EndedAt is null);
        var most = Load.MostAtOnce(runs, grid.Deaths);
        output.WriteLine($"N = {N} on {runs.Select(r => r.Pid).Distinct().Count()} silos, 2 dispatchers killed, {interrupted} runs interrupted; at most {most} ran at once; "
            + $"lost {findings.Lost.Count}, overlaps {findings.Overlaps.Count}");
        Assert.All(snapshots, s => Assert.Equal(TaskState.Succeeded, s.State));
        Assert.True(interrupted >= 2, $"only {interrupted} runs were interrupted");
        Assert.Equal(5, most);
        Assert.Empty(findings.Lost);
        Assert.Empty(findings.Overlaps);
    }

    private static Task<TaskHandle> SubmitAsync(RealGrid grid, int i) =>
        grid.Tasks.SubmitAsync("narrow", new { milliseconds = IsLong(i) ? LongRun : 2 + (i % 19) }, new() { Queue = s_queues[i % 2] });

    // One in twenty of each queue: more than enough for every silo to get some of them.
    private static bool IsLong(int i) => i % 40 >= 38;
}
