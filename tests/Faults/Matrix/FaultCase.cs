using System.Collections.Concurrent;
using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>How a case of the fault matrix goes: load, a fault in the middle of it, all of it brought to its end, and both logs compared.</summary>
internal static class FaultCase
{
    private static readonly TimeSpan s_drained = TimeSpan.FromSeconds(120);

    // What has been left behind of a run or a lease shows itself after a silo's time to live: worth the wait where there is time.
    private static readonly TimeSpan s_aftermath = HurtGrid.N <= 400 ? TimeSpan.Zero : TimeSpan.FromSeconds(8);

    // 80 a second; when there are many, 160, which the slots of two silos just do of tasks of 200 ms.
    private static int PerTick => HurtGrid.N <= 400 ? 4 : 8;

    /// <summary>
    /// Submits tasks over HTTP at an even pace, hurts the grid in the middle, waits until everything is final, and compares what the
    /// client knows with what the handlers wrote. As long as the grid is hurt there is something to do for it.
    /// </summary>
    /// <param name="hurt">The fault; when it returns the grid has what it needs to go on, but for silos that have ended.</param>
    /// <param name="milliseconds">How long each task runs.</param>
    /// <param name="mayLose">Whether the grid may say of tasks that it does not know them.</param>
    internal static async Task<CaseReport> RunAsync(this HurtGrid grid, Func<Ledger, Task> hurt, int milliseconds = 200, bool mayLose = false)
    {
        var (ledger, from, repeated, unhandledBefore) = (new Ledger(), RealGrid.Now, grid.Web.Repeated, grid.Web.Unhandled.Count);
        await grid.RestoreAsync();
        await grid.AllWorkAsync(ledger);
        var submits = new List<Task<string>>();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        Task? hurting = null;
        while ((submits.Count < HurtGrid.N || hurting is not { IsCompleted: true }) && await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            // Beyond N there is enough to do for silos to be seen at work, and no more.
            submits.AddRange(Enumerable.Range(0, submits.Count < HurtGrid.N ? PerTick : 1).Select(_ => grid.Web.SubmitAsync(ledger, "work", new { milliseconds })));
            hurting ??= submits.Count >= HurtGrid.N / 2 ? hurt(ledger) : null;
        }

        try
        {
            await hurting!;
        }
        finally
        {
            // What a case that fails has submitted is not to be met by the next one.
            await Task.WhenAll(submits);
        }

        var hurtUntil = RealGrid.Now;
        await grid.RestoreAsync();
        var acknowledged = ledger.Acknowledged.Count;
        var missing = new ConcurrentBag<TimeSpan>();
        await AskAfterAllAsync(ledger, async id =>
        {
            if (mayLose && !await grid.Web.IsKnownAsync(id))
            {
                missing.Add(ledger.Lose(id));
            }
            else
            {
                await grid.Web.FinalAsync(ledger, id, s_drained);
            }
        });
        var drain = RealGrid.Now - hurtUntil;
        // What is final stays as it is, and nothing runs any more: what earlier cases submitted neither.
        await Task.Delay(s_aftermath, TimeProvider.System, TestContext.Current.CancellationToken);
        await AskAfterAllAsync(ledger, id => grid.Web.FinalAsync(ledger, id, TimeSpan.Zero));
        var runs = grid.Executions.Where(e => e.StartedAt > from).ToList();
        string[] unhandled = [.. grid.Web.Unhandled.Skip(unhandledBefore)];
        unhandled = unhandled.Length == 0 ? unhandled : [.. unhandled, grid.Web.Output];
        // One that has been taken for dead may not know it yet.
        await RealGrid.UntilAsync(async () => await grid.Grid.ActiveSilosAsync() == grid.Members.Count(m => !m.Silo.HasExited), "all agree on who is there");
        await grid.RestoreAsync();
        return new(acknowledged, Findings.Of(ledger, runs, grid.Deaths), runs, from, drain, grid.Web.Repeated - repeated, unhandled, [.. missing], grid.TakeEnded());
    }

    private static Task AskAfterAllAsync(Ledger ledger, Func<string, Task> ask) =>
        Parallel.ForEachAsync(ledger.Acknowledged, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (id, _) => await ask(id));

    /// <summary>Waits until every silo runs tasks: what was done to one of them before is over.</summary>
    /// <returns>How long that took.</returns>
    internal static async Task<TimeSpan> AllWorkAsync(this HurtGrid grid, Ledger ledger)
    {
        var from = RealGrid.Now;
        await RealGrid.UntilAsync(
            async () =>
            {
                // As many as all of them have slots.
                var ids = await Task.WhenAll(Enumerable.Range(0, HurtGrid.Silos * HurtGrid.Slots).Select(_ => grid.Web.SubmitAsync(ledger, "work", new { milliseconds = 100 })));
                await Task.WhenAll(ids.Select(id => grid.Web.FinalAsync(ledger, id, s_drained)));
                var working = grid.Executions.Where(e => e.StartedAt > from).Select(e => e.Pid).ToHashSet();
                return grid.Members.All(m => working.Contains(m.Silo.Pid));
            },
            "every silo runs something");
        return RealGrid.Now - from;
    }
}
