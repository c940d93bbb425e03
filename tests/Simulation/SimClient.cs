namespace TaskGrid.Simulation;

/// <summary>A client, in a process of its own that nothing happens to: asks until it is answered.</summary>
internal sealed class SimClient(SimGrid grid)
{
    private World World => grid.World;

    /// <summary>Submits a task, and later cancels it if that is planned.</summary>
    public async Task SubmitAsync(TaskPlan plan, double after)
    {
        await PauseAsync(after);
        string? id = null;
        while (id is null)
        {
            id = await AskAsync<string?>(silo => AcceptAsync(silo, plan));
            if (id is null)
            {
                await PauseAsync(World.Between(50, 800));
            }
        }

        World.Tell($"submit of {plan.Id} is answered with {id}");
        grid.Witness.Acknowledged(plan, id);
        if (plan.CancelledAfter is { } cancelledAfter)
        {
            await PauseAsync(cancelledAfter);
            await CancelAsync(id);
        }
    }

    private async Task CancelAsync(string id)
    {
        for (var tries = 0; tries < 5; tries++)
        {
            if (await AskAsync<CancelOutcome?>(silo => CancelAsync(silo, id)) is { } outcome)
            {
                World.Tell($"cancel of {id} is answered: {outcome}");
                if (outcome is CancelOutcome.Cancelled or CancelOutcome.Requested)
                {
                    grid.Witness.CancelAcknowledged(id);
                }

                return;
            }
        }
    }

    /// <summary>What the silo that the client is connected to does for a submit.</summary>
    private async Task<string?> AcceptAsync(SimSilo silo, TaskPlan plan)
    {
        if (World.Has(PlantedBug.AcknowledgedBeforeStored))
        {
            World.Begin(() => grid.Store.AcceptAsync(silo, plan));
            return plan.Id;
        }

        var accepted = await grid.Store.AcceptAsync(silo, plan);
        if (accepted.Came)
        {
            silo.Nudge(plan.Queue, TimeSpan.FromMilliseconds((long)plan.Delay));
        }

        return accepted.Came ? accepted.Value : null;
    }

    private async Task<CancelOutcome?> CancelAsync(SimSilo silo, string id)
    {
        var cancelled = await grid.Store.CancelAsync(silo, id);
        if (cancelled is { Came: true, Value.Silo: { } holder } && Array.Find(grid.Silos, s => s.Incarnation.Id == holder) is { } worker)
        {
            grid.Weather.Carry(silo, worker, () => worker.Worker.Stop(id, StopReason.CancelRequested));
        }

        return cancelled.Came ? cancelled.Value.Outcome : null;
    }

    /// <summary>Asks any silo; nothing when no answer comes in time.</summary>
    private Task<T?> AskAsync<T>(Func<SimSilo, Task<T?>> ask)
    {
        var answer = new TaskCompletionSource<T?>();
        World.After(3000, () => answer.TrySetResult(default));
        var silo = World.One(grid.Silos);
        grid.Weather.Carry(null, silo, () => World.Begin(async () =>
        {
            var done = await ask(silo);
            grid.Weather.Carry(silo, null, () => answer.TrySetResult(done));
        }));
        return answer.Task;
    }

    private Task PauseAsync(double milliseconds)
    {
        var over = new TaskCompletionSource();
        World.After(milliseconds, () => over.TrySetResult());
        return over.Task;
    }
}
