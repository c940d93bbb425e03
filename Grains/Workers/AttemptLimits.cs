using TaskGrid.Tasks;

namespace TaskGrid.Workers;

/// <summary>What happens to an attempt by itself, and when.</summary>
/// <param name="At">Since the attempt began.</param>
/// <param name="Reason">Why its token fires then, at the latest.</param>
internal readonly record struct AttemptInstant(TimeSpan At, StopReason Reason)
{
    /// <summary>Whether the attempt is over then, whatever its code does.</summary>
    public bool IsOver => Reason != StopReason.SoftTimeLimit;
}

/// <summary>What ends an attempt whose code does not end by itself. Pure: all spans count from the attempt's beginning, unless they say otherwise.</summary>
/// <param name="Soft">Until its token fires.</param>
/// <param name="Hard">Until it is over.</param>
/// <param name="Heartbeat">From each sign of life until it is over.</param>
/// <param name="Deadline">Until its task has failed.</param>
/// <param name="CancelTimeout">From a cancel until it is over.</param>
internal readonly record struct AttemptLimits(TimeSpan? Soft, TimeSpan? Hard, TimeSpan? Heartbeat, TimeSpan? Deadline, TimeSpan CancelTimeout)
{
    public static AttemptLimits Of(ResolvedSettings settings, TimeSpan? deadline) =>
        new(settings.SoftTimeLimit, settings.TimeLimit, settings.HeartbeatTimeout, deadline, settings.CancelTimeout);

    /// <summary>What comes next, if anything does; it may be past already.</summary>
    /// <param name="reason">Why its token has fired so far.</param>
    /// <param name="lastBeat">The handler's last sign of life; zero before the first.</param>
    /// <param name="cancelledAt">When a cancel was asked for, if one was.</param>
    public AttemptInstant? Next(StopReason reason, TimeSpan lastBeat, TimeSpan? cancelledAt)
    {
        // The stronger one first: of two at the same instant it is what the attempt came to.
        var next = Earlier(null, Deadline, StopReason.Deadline);
        next = Earlier(next, cancelledAt + CancelTimeout, StopReason.CancelRequested);
        next = Earlier(next, Hard, StopReason.TimeLimit);
        if (reason is StopReason.None or StopReason.SoftTimeLimit)
        {
            // Code that was told to stop has other things to do than to report that it lives.
            next = Earlier(next, lastBeat + Heartbeat, StopReason.HeartbeatTimeout);
        }

        return reason == StopReason.None ? Earlier(next, Soft, StopReason.SoftTimeLimit) : next;
    }

    /// <summary>What an attempt that is over for a reason has come to.</summary>
    public AttemptOutcome OutcomeOf(StopReason reason) => reason switch
    {
        StopReason.CancelRequested => new AttemptOutcome.Cancelled(),
        StopReason.TimeLimit => new AttemptOutcome.Failed(new(ErrorCodes.TimeLimitExceeded, $"The attempt took longer than its time limit of {Hard}."), Permanent: false),
        StopReason.HeartbeatTimeout => new AttemptOutcome.Failed(new(ErrorCodes.HeartbeatTimeout, $"The attempt gave no sign of life for {Heartbeat}."), Permanent: false),
        StopReason.Deadline => new AttemptOutcome.Failed(new(ErrorCodes.DeadlineExceeded, "It was not final by its deadline."), Permanent: true),
        _ => throw new InvalidOperationException($"An attempt is not over for {reason}."),
    };

    private static AttemptInstant? Earlier(AttemptInstant? first, TimeSpan? at, StopReason reason) =>
        at is { } instant && (first is null || instant < first.Value.At) ? new(instant, reason) : first;
}
