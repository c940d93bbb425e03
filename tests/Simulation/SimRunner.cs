using TaskGrid.Tasks;
using TaskGrid.Workers;

namespace TaskGrid.Simulation;

/// <summary>
/// Runs attempts in a silo's slots and sees to their ends. Whether code may begin, what its end means and what follows is the engine's
/// word; the code itself is the plan's.
/// </summary>
internal sealed class SimRunner(SimSilo silo)
{
    private const double LongestInFineWeather = 1000;

    private readonly List<SimRun> _running = [];

    private World World => silo.World;

    /// <summary>Runs a lease that has a slot, then whatever takes the slot over.</summary>
    public async Task RunAsync(Attempt? attempt)
    {
        while (attempt is not null)
        {
            var start = silo.Clock.GetTimestamp();
            await RunOneAsync(attempt);
            attempt = silo.Slots.Next(silo.Clock.GetElapsedTime(attempt.BegunAt ?? start));
            silo.Worker.SlotFreed();
        }
    }

    /// <summary>Code that listens sees that its token has fired, and ends after a moment.</summary>
    public void NoticeStops()
    {
        foreach (var run in _running.ToArray())
        {
            if (run is { HasNoticed: false, Plan.IsDeaf: false } && run.Attempt.Stopping.IsCancellationRequested)
            {
                run.HasNoticed = true;
                silo.After(World.Between(0, 400), () => run.Ended.TrySetResult(new(default, WasStopped: true)));
            }
        }
    }

    private async Task RunOneAsync(Attempt attempt)
    {
        // The thread that runs it comes when it comes.
        await silo.Pause(World.Chance(0.1) ? World.Between(1, 300) : World.Between(0, 1));
        var plan = silo.Grid.PlanOf(attempt.Id);
        if (!World.Has(PlantedBug.BegunUnconfirmed) && !await Beginning.ReachAsync(attempt, silo.Incarnation, PrepareAsync, WriteAsync))
        {
            silo.Worker.GiveBack(attempt);
            return;
        }

        if (World.Has(PlantedBug.NotLookedAgain) && attempt.IsWrittenFirst)
        {
            await WriteAsync();
        }

        var run = new SimRun(plan, silo, attempt);
        var limits = AttemptLimits.Of(plan.Settings, attempt.LeftUntilDeadline);
        if (limits.Deadline <= TimeSpan.Zero)
        {
            Finish(run, limits.OutcomeOf(StopReason.Deadline));
            return;
        }

        using var watch = new AttemptWatch(attempt, limits, silo.Clock, reason => Cut(run, reason, limits.OutcomeOf(reason)));
        attempt.Begin(watch);
        var outcome = await CodeAsync(run);
        watch.Dispose();
        Finish(run, outcome);

        async ValueTask<bool> PrepareAsync() => !plan.IsLong || (await silo.Store.ReadAsync(silo)).Came;

        async Task<bool> WriteAsync() => await silo.Store.BeginAsync(silo, attempt.Id, attempt.Lease.Token) is { Came: true, Value: true };
    }

    private async Task<AttemptOutcome> CodeAsync(SimRun run)
    {
        var planned = run.Plan.Run(silo.Grid.Witness.RunsOf(run.Attempt.Id));
        World.Tell($"{silo} begins {run.Attempt.Id}, attempt {run.Attempt.Number}, token {run.Attempt.Lease.Token}");
        silo.Grid.Witness.Begins(run, silo.Store.Model);
        _running.Add(run);
        // Once the weather is fine it is no matter of work that is left whether all ends in time.
        var lasts = silo.Grid.Weather.IsFine ? Math.Min(planned.Lasts, LongestInFineWeather) : planned.Lasts;
        silo.After(lasts, () => run.Ended.TrySetResult(new(planned.Ending, WasStopped: false)));
        NoticeStops();
        var end = await run.Ended.Task;
        _running.Remove(run);
        silo.Grid.Witness.Ended(run);
        World.Tell($"{silo}: code of {run.Attempt.Id} ends: {(end.WasStopped ? $"{run.Attempt.Reason}" : $"{end.Ending}")}");
        if (end is { WasStopped: false, Ending: Ending.Crashes })
        {
            silo.Die();
            await new TaskCompletionSource().Task;
        }

        return OutcomeOf(run, end);
    }

    private AttemptOutcome OutcomeOf(SimRun run, AttemptEnd end)
    {
        var thrown = end switch
        {
            { WasStopped: true } => new OperationCanceledException(),
            { Ending: Ending.Throws } => new InvalidOperationException("no"),
            { Ending: Ending.GivesUp } => new PermanentFailureException("never"),
            { Ending: Ending.AsksForAnother } => new RetryTaskException(TimeSpan.FromMilliseconds(300)),
            { Ending: Ending.Snoozes } => new SnoozeTaskException(TimeSpan.FromMilliseconds(700)),
            { Ending: Ending.Rejects } => new RejectTaskException(),
            { Ending: Ending.CancelsItself } => new CancelTaskException("unneeded"),
            _ => (Exception?)null,
        };
        switch (thrown)
        {
            case CancelTaskException:
                silo.Grid.Witness.CancelsItself(run.Attempt.Id);
                break;
            case RejectTaskException:
                silo.Grid.Witness.Rejects(run.Attempt.Id);
                break;
        }

        return thrown is null ? new AttemptOutcome.Succeeded(default) : ThrownOutcome.Of(thrown, run.Attempt.Reason, run.Plan.Settings);
    }

    private void Cut(SimRun run, StopReason reason, AttemptOutcome outcome)
    {
        if (silo.Slots.TryLeak(run.Attempt))
        {
            World.Tell($"{silo}: attempt of {run.Attempt.Id} is over by {reason}");
            run.IsLeaked = true;
            run.Attempt.Stop(reason);
            Conclude(run, outcome);
        }
    }

    private void Finish(SimRun run, AttemptOutcome outcome)
    {
        if (run.Attempt.TryConclude())
        {
            Conclude(run, outcome);
            return;
        }

        silo.Slots.Reclaim(run.Attempt);
        if (!silo.Slots.HasLeaked(run.Attempt.Id))
        {
            silo.Reluctance.Forget(run.Attempt.Id);
        }
    }

    private void Conclude(SimRun run, AttemptOutcome outcome)
    {
        var attempt = run.Attempt;
        var verdict = TaskLifecycle.After(outcome, run.Plan.Settings, attempt.Number - attempt.Line.Forgiven, World.Random.NextDouble());
        if (verdict is not Verdict.GiveBack)
        {
            World.Begin(() => StoreAsync(attempt, verdict));
            return;
        }

        if (outcome is AttemptOutcome.Rejected)
        {
            silo.Reluctance.AfterRejection(attempt.Id);
        }

        silo.Worker.GiveBack(attempt);
    }

    /// <summary>Keeps an outcome until the store has answered.</summary>
    private async Task StoreAsync(Attempt attempt, Verdict verdict)
    {
        silo.WaitingOutcomes.Add();
        var pause = OutcomeTries.FirstPause;
        while (!(await silo.Store.FinishAsync(silo, attempt.Id, attempt.Lease.Token, verdict)).Came)
        {
            if (World.Has(PlantedBug.OutcomeThrownAway))
            {
                silo.WaitingOutcomes.Remove();
                return;
            }

            await silo.Pause(pause.TotalMilliseconds);
            pause = OutcomeTries.After(pause);
        }

        silo.WaitingOutcomes.Remove();

        silo.Held.Drop(attempt);
        if (OutcomeTries.DueIn(verdict) is { } dueIn)
        {
            silo.Nudge(attempt.Queue, dueIn);
        }
    }
}
