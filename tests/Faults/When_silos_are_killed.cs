using System.Collections.Concurrent;
using System.Text.Json;
using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults;

[Collection(Alone.Name)]
public sealed class When_silos_are_killed(ITestOutputHelper output)
{
    private readonly Dictionary<int, TimeSpan> _deaths = [];

    [Fact]
    public async Task Every_acknowledged_task_succeeds_though_one_and_then_all_die()
    {
        const int n = 2000;
        await using var grid = await RealGrid.StartAsync(silos: 3);
        await using var web = await Web.StartAsync(grid.Redis.ConnectionString);
        var ledger = new Ledger();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        var submits = new List<Task<string>>();
        TimeSpan? killedAt = null;
        var victim = grid.Silos[0];
        while (submits.Count < n && await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            submits.AddRange(Enumerable.Range(0, 5).Select(_ => web.SubmitAsync(ledger, "work", new { milliseconds = 200 })));
            if (submits.Count == n / 2)
            {
                killedAt = RealGrid.Now;
                await KillAsync(grid, victim);
            }
        }

        var ids = (await Task.WhenAll(submits)).ToList();
        var interrupted = grid.Executions.Where(e => e.Pid == victim.Pid && e.EndedAt is null).Select(e => e.Id).ToHashSet();
        await FinalAsync(web, ledger, interrupted);
        var restarts = grid.Executions.Where(e => interrupted.Contains(e.Id) && e.Pid != victim.Pid).Select(e => e.StartedAt - killedAt!.Value).Order().ToList();

        ids.AddRange(await Task.WhenAll(Enumerable.Range(0, 400).Select(_ => web.SubmitAsync(ledger, "work", new { milliseconds = 200 }))));
        foreach (var silo in grid.Silos.ToList())
        {
            await KillAsync(grid, silo);
        }

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => grid.AddSiloAsync()));
        var snapshots = await FinalAsync(web, ledger, ids);

        var executions = grid.Executions;
        var findings = Findings.Of(ledger, executions, _deaths);
        output.WriteLine($"N = {ids.Count}, {web.Repeated} requests repeated; interrupted by the single kill {interrupted.Count}, restarted after {restarts.FirstOrDefault().TotalSeconds:0.0} to "
            + $"{restarts.LastOrDefault().TotalSeconds:0.0} s; runs repeated {findings.Repeated}; lost {findings.Lost.Count}; overlaps {findings.Overlaps.Count}");
        Assert.All(snapshots, s => Assert.Equal("Succeeded", s.GetProperty("state").GetString(), ignoreCase: true));
        Assert.NotEmpty(interrupted);
        findings.Check();
        Assert.Empty(web.Unhandled);
        Assert.True(restarts[^1] < TimeSpan.FromSeconds(10), $"The last interrupted task ran again after {restarts[^1].TotalSeconds:0.0} s.");
    }

    private static async Task<IReadOnlyCollection<JsonElement>> FinalAsync(Web web, Ledger ledger, IReadOnlyCollection<string> ids)
    {
        var snapshots = new ConcurrentBag<JsonElement>();
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (id, _) => snapshots.Add(await web.FinalAsync(ledger, id, TimeSpan.FromSeconds(120))));
        return snapshots;
    }

    private async Task KillAsync(RealGrid grid, ServerProcess silo)
    {
        await grid.KillAsync(silo);
        _deaths[silo.Pid] = RealGrid.Now;
    }
}
