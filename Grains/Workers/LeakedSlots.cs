using Microsoft.Extensions.Logging;

namespace TaskGrid.Workers;

/// <summary>
/// Keeps account of code that runs on when its attempt is over. It can't be ended from outside, so its slot stays taken until it
/// ends by itself: leaked.
/// </summary>
internal sealed partial class LeakedSlots(Slots slots, Reluctance reluctance, TimeProvider time, ILogger<LeakedSlots> logger)
{
    // Code that listens to its token has ended by then, and is not worth a line.
    private static readonly TimeSpan s_notice = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly HashSet<Attempt> _reported = [];
    private bool _reportedFull;

    /// <summary>Ends an attempt whose code still runs; false when that has just ended.</summary>
    public bool TryLeak(BegunAttempt begun)
    {
        if (!slots.TryLeak(begun.Attempt))
        {
            return false;
        }

        ReportLaterAsync(begun).Ignore();
        return true;
    }

    /// <summary>The code has ended at last.</summary>
    public void Reclaim(BegunAttempt begun)
    {
        bool reported;
        lock (_gate)
        {
            slots.Reclaim(begun.Attempt);
            _reportedFull = false;
            reported = _reported.Remove(begun.Attempt);
        }

        if (!slots.HasLeaked(begun.Id))
        {
            reluctance.Forget(begun.Id);
        }

        if (reported)
        {
            LogReclaimed(begun.Id, begun.Task, begun.Queue, begun.Number, time.GetElapsedTime(begun.Attempt.ArrivedAt));
        }
    }

    private async Task ReportLaterAsync(BegunAttempt begun)
    {
        await Task.Delay(s_notice, time).ConfigureAwait(false);
        lock (_gate)
        {
            if (!slots.IsLeaked(begun.Attempt))
            {
                return;
            }

            _reported.Add(begun.Attempt);
            LogLeaked(begun.Id, begun.Task, begun.Queue, begun.Number, begun.Attempt.Reason, time.GetElapsedTime(begun.Attempt.ArrivedAt), slots.Leaked, slots.Count);
            if (slots.Leaked == slots.Count && !_reportedFull)
            {
                _reportedFull = true;
                LogFull(slots.Count);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Task {TaskId} ({Task}) of queue {Queue}: attempt {Attempt} is over ({Reason}), but its code still runs after {Ran} and keeps its slot; {Leaked} of {Slots} slots are leaked")]
    private partial void LogLeaked(string taskId, string task, string queue, int attempt, StopReason reason, TimeSpan ran, int leaked, int slots);

    [LoggerMessage(LogLevel.Error, "All {Slots} slots of this silo are leaked: it takes no tasks until code ends whose attempt is over, or it is restarted")]
    private partial void LogFull(int slots);

    [LoggerMessage(LogLevel.Information, "Task {TaskId} ({Task}) of queue {Queue}: the code of attempt {Attempt}, which was over, has ended after {Ran}; its slot is free again")]
    private partial void LogReclaimed(string taskId, string task, string queue, int attempt, TimeSpan ran);
}
