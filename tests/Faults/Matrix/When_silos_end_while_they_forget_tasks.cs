using TaskGrid.Hosting;
using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>The fault points that a silo meets once a minute: those that are to meet them live that long, all at the same time.</summary>
public sealed class When_silos_end_while_they_forget_tasks(ITestOutputHelper output)
{
    [Fact]
    public async Task Nothing_is_lost_and_nothing_is_forgotten_too_early()
    {
        await using var grid = await RealGrid.StartAsync(silos: 1);
        var points = Enumerable.Repeat(new[] { FaultPoint.Before("prune"), FaultPoint.After("prune") }, FaultPointHunt.Kills).SelectMany(p => p).ToList();
        var armed = await Task.WhenAll(points.Select(p => grid.AddSiloAsync(("TaskGrid__Faults__ExitAt", p))));
        var ids = await grid.SubmitManyAsync(200, "work", new { milliseconds = 1 }, new());
        await grid.FinalAsync(ids.Select(grid.Tasks.GetHandle), TimeSpan.FromSeconds(60));

        await Task.WhenAll(armed.Select(s => s.ExitedAsync()));
        Assert.All(points.Zip(armed), x => Assert.Contains($"{EngineFaults.Farewell} {x.First}", x.Second.Output, StringComparison.Ordinal));
        // None of them was to be forgotten yet.
        Assert.All(await grid.FinalAsync(ids.Select(grid.Tasks.GetHandle), TimeSpan.FromSeconds(60)), s => Assert.Equal(TaskState.Succeeded, s.State));
        var (runs, ledger) = (grid.Executions, Ledger.Of(ids));
        var findings = Findings.Of(ledger, runs, grid.Deaths);
        output.WriteLine($"N = {ids.Count}, {armed.Length} kills: {findings}");
        Part.Of(ids.Count, findings, runs.Count, ("points met", points.Distinct().Count()), ("kills", armed.Length)).Keep();
        findings.Check();
    }
}
