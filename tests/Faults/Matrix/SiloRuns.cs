using TaskGrid.Kit;

namespace TaskGrid.Faults.Matrix;

/// <summary>What silos run, by what the handlers have written: so that a fault meets one of them in the middle of it.</summary>
internal static class SiloRuns
{
    /// <summary>Waits until a silo runs something that it has not ended.</summary>
    internal static Task BusyAsync(this HurtGrid grid, Member member) => RealGrid.UntilAsync(() => Task.FromResult(grid.OpenRunsOf(member).Count > 0), "the silo runs something");

    /// <summary>Waits until one of the silos runs something: when there is little to do, that may be any of them.</summary>
    internal static async Task<Member> BusyAsync(this HurtGrid grid)
    {
        Member? busy = null;
        await RealGrid.UntilAsync(() => Task.FromResult((busy = grid.Members.Find(m => !m.Silo.HasExited && grid.OpenRunsOf(m).Count > 0)) is not null), "a silo runs something");
        return busy!;
    }

    /// <summary>Freezes a silo at a moment at which it runs something: what is done to it then interrupts that.</summary>
    /// <param name="only">The silo; any that is busy when it is left out.</param>
    internal static async Task<Member> FreezeBusyAsync(this HurtGrid grid, Member? only = null)
    {
        var frozen = only;
        await RealGrid.UntilAsync(
            async () =>
            {
                frozen = only ?? await grid.BusyAsync();
                await frozen.Silo.FreezeAsync();
                if (grid.OpenRunsOf(frozen).Count > 0)
                {
                    return true;
                }

                await frozen.Silo.ThawAsync();
                return false;
            },
            "a silo is frozen while it runs something");
        return frozen!;
    }

    /// <summary>The runs that a silo does not end: it must have ended, or be frozen.</summary>
    internal static IReadOnlyList<Execution> OpenRunsOf(this HurtGrid grid, Member member) => [.. grid.Executions.Where(e => e.Pid == member.Silo.Pid && e.EndedAt is null)];

    /// <summary>
    /// A run on a silo that only ends when its token fires, or with its process: what is done to the silo next meets it in the middle, and it tells whether the
    /// silo stopped it.
    /// </summary>
    internal static async Task<Execution> HoldAsync(this HurtGrid grid, Ledger ledger, Member member)
    {
        Execution? held = null;
        for (var tries = 0; held is null && tries < 20; tries++)
        {
            var ids = await Task.WhenAll(Enumerable.Range(0, HurtGrid.Silos).Select(_ => grid.Web.SubmitAsync(ledger, "work", new { milliseconds = 1, hold = true })));
            await RealGrid.UntilAsync(() => Task.FromResult(ids.All(id => grid.Executions.Any(e => e.Id == id))), "what is to be held runs");
            var runs = grid.Executions.Where(e => ids.Contains(e.Id)).ToList();
            held = runs.Find(e => e.Pid == member.Silo.Pid);
            foreach (var other in runs.Where(e => e.Id != held?.Id))
            {
                // It would never end where it is.
                ledger.Expect(other.Id, TaskState.Cancelled);
                await grid.Web.CancelAsync(other.Id);
            }
        }

        return held ?? throw new InvalidOperationException($"Silo {member.Silo.Pid} gets no work.");
    }

    /// <summary>How a run went that was told of before.</summary>
    internal static Execution Now(this HurtGrid grid, Execution run) => grid.Executions.Single(e => (e.Id, e.Token, e.Pid) == (run.Id, run.Token, run.Pid));
}
