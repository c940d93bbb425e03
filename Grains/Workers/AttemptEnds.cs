using Microsoft.Extensions.Logging;
using TaskGrid.Queues;
using TaskGrid.Tasks;
using TaskGrid.Telemetry;

namespace TaskGrid.Workers;

/// <summary>What this silo does when an attempt has come to something: gives the lease back, or stores what follows and tells who waits.</summary>
internal sealed partial class AttemptEnds(
    OutcomeKeeper outcomes, HeldLeases held, LeakedSlots leaks, Reluctance reluctance, Nudger nudger, SiloIncarnation self,
    ILogger<AttemptEnds> logger)
{
    /// <summary>The attempt is over by its limits, though its code still runs.</summary>
    public void Cut(BegunAttempt begun, StopReason reason, AttemptOutcome outcome)
    {
        if (leaks.TryLeak(begun))
        {
            begun.Attempt.Stop(reason);
            CutAsync(begun, outcome).Ignore();
        }
    }

    /// <summary>The code has ended. What it came to counts, unless the attempt was over before.</summary>
    public void Finish(BegunAttempt begun, AttemptOutcome outcome)
    {
        if (begun.Attempt.TryConclude())
        {
            Conclude(begun, outcome);
        }
        else
        {
            leaks.Reclaim(begun);
        }
    }

    private async Task CutAsync(BegunAttempt begun, AttemptOutcome outcome)
    {
        try
        {
            // What it has told so far would be refused once its lease is gone.
            await begun.Progress.FlushAsync().ConfigureAwait(false);
        }
        finally
        {
            Conclude(begun, outcome);
        }
    }

    private void Conclude(BegunAttempt begun, AttemptOutcome outcome)
    {
        var verdict = outcomes.Decide(begun.Attempt, begun.Definition, outcome);
        if (verdict is not Verdict.GiveBack)
        {
            StoreAsync(begun, verdict).Ignore();
            return;
        }

        if (outcome is AttemptOutcome.Rejected)
        {
            reluctance.AfterRejection(begun.Id);
        }

        held.GiveBack(begun.Attempt);
        if (outcome is AttemptOutcome.Rejected)
        {
            AttemptMeasures.Ended(begun.Queue, begun.Task, "rejected");
            LogRejected(begun.Id, begun.Task, begun.Queue, begun.Number);
        }
        else
        {
            AttemptMeasures.Ended(begun.Queue, begun.Task, "interrupted");
            LogInterrupted(begun.Id, begun.Task, begun.Queue, begun.Number);
        }

        outcomes.GivenBack(begun.Attempt, begun.Definition, verdict);
    }

    private async Task StoreAsync(BegunAttempt begun, Verdict verdict)
    {
        TimeSpan? nextIn;
        try
        {
            nextIn = await outcomes.StoreAsync(begun.Attempt, begun.Definition, verdict, self.Id).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The silo goes while the store does not answer. The lease stays in its hands, and lapses: given back, what has been done
            // would be done again.
            return;
        }

        held.Drop(begun.Attempt);
        if (nextIn is { } dueIn)
        {
            nudger.Nudge(begun.Queue, dueIn);
        }

        await begun.Grain.Changed().ConfigureAwait(false);
    }

    [LoggerMessage(LogLevel.Information, "Task {TaskId} ({Task}) of queue {Queue}: attempt {Attempt} was interrupted and goes back")]
    private partial void LogInterrupted(string taskId, string task, string queue, int attempt);

    [LoggerMessage(LogLevel.Debug, "Task {TaskId} ({Task}) of queue {Queue}: the handler of attempt {Attempt} gave it back")]
    private partial void LogRejected(string taskId, string task, string queue, int attempt);
}
