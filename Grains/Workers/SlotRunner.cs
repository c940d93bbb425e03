using Microsoft.Extensions.Logging;
using TaskGrid.Handlers;
using TaskGrid.Hosting;
using TaskGrid.Storage;
using TaskGrid.Tasks;
using TaskGrid.Telemetry;

namespace TaskGrid.Workers;

/// <summary>Runs attempts in a slot, one after the other, as long as leases wait for one.</summary>
internal sealed partial class SlotRunner(
    TaskGrains taskGrains, LeaseStore leases, TaskStore tasks, HandlerRegistry handlers, Slots slots, HeldLeases held, AttemptRunner runner, AttemptEnds ends,
    StartInstants instants, SiloIncarnation self, EngineFaults faults, TimeProvider time, ILogger<SlotRunner> logger)
{
    /// <summary>Runs a lease that has a slot, then whatever takes the slot over. Returns when it is free.</summary>
    public async Task RunAsync(Attempt? attempt)
    {
        while (attempt is not null)
        {
            var start = time.GetTimestamp();
            try
            {
                await RunOneAsync(attempt).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // Its code has not begun: what comes out of that is an outcome.
                LogSlotFailed(attempt.Id, e);
                slots.Reclaim(attempt);
                held.GiveBack(attempt);
            }

            attempt = slots.Next(time.GetElapsedTime(attempt.BegunAt ?? start));
        }
    }

    private async Task RunOneAsync(Attempt attempt)
    {
        TaskDefinition? definition = null;
        TaskRegistration? registration = null;
        if (!await Beginning.ReachAsync(attempt, self, PrepareAsync, () => leases.BeginAsync(attempt.Id, attempt.Lease.Token)).ConfigureAwait(false))
        {
            held.GiveBack(attempt);
            return;
        }

        var grain = taskGrains.ToRun(attempt.Id);
        if (!slots.RunsAreShort)
        {
            // A short task's grain is activated by the news of its end: one call instead of two.
            grain.Begun().Ignore();
        }

        var begun = new BegunAttempt(attempt, definition!, grain, new(tasks, attempt.Id, attempt.Lease.Token, time));
        attempt.Progress = begun.Progress;
        var limits = AttemptLimits.Of(begun.Settings, attempt.LeftUntilDeadline);
        if (limits.Deadline <= TimeSpan.Zero)
        {
            ends.Finish(begun, limits.OutcomeOf(StopReason.Deadline));
            return;
        }

        faults.Hit(FaultPoint.BeforeRun);
        LogStarted(begun.Id, begun.Task, begun.Queue, begun.Number);
        AttemptMeasures.Begun(begun);
        AttemptOutcome outcome;
        using (var watch = new AttemptWatch(attempt, limits, time, reason => ends.Cut(begun, reason, limits.OutcomeOf(reason))))
        {
            attempt.Begin(watch);
            outcome = await runner.RunAsync(begun, registration!).ConfigureAwait(false);
        }

        AttemptMeasures.Ran(begun, time.GetElapsedTime(attempt.BegunAt!.Value), (outcome as AttemptOutcome.Failed)?.Error.Type);
        faults.Hit(FaultPoint.AfterRun);
        ends.Finish(begun, outcome);

        async ValueTask<bool> PrepareAsync()
        {
            definition = await DefinitionOfAsync(attempt).ConfigureAwait(false);
            return definition is not null && handlers.TryGet(definition.Header.Task, out registration) && await instants.ReachAsync(attempt).ConfigureAwait(false);
        }
    }

    private async Task<TaskDefinition?> DefinitionOfAsync(Attempt attempt) => attempt.Lease.Definition is { } inline
        ? TaskDefinition.Decode(inline)
        : (await tasks.ReadAsync(attempt.Id).ConfigureAwait(false))?.Definition;

    [LoggerMessage(LogLevel.Debug, "Task {TaskId} ({Task}) of queue {Queue} starts attempt {Attempt}")]
    private partial void LogStarted(string taskId, string task, string queue, int attempt);

    [LoggerMessage(LogLevel.Error, "Running task {TaskId} failed outside of its handler")]
    private partial void LogSlotFailed(string taskId, Exception exception);
}
