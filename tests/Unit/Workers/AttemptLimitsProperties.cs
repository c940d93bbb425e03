namespace TaskGrid.Workers;

/// <summary>What ends an attempt next, beside a plain list of all that could.</summary>
public sealed class AttemptLimitsProperties
{
    // Of two at one instant, what leaves the task less.
    private static readonly StopReason[] s_strength = [StopReason.Deadline, StopReason.CancelRequested, StopReason.TimeLimit, StopReason.HeartbeatTimeout, StopReason.SoftTimeLimit];

    [Fact]
    public void Next_WithAnyLimits_IsTheEarliestAndOfThoseTheStrongest() => AssertHolds(c =>
        c.Next() == Candidates(c).OrderBy(i => i.At).ThenBy(i => Array.IndexOf(s_strength, i.Reason)).Cast<AttemptInstant?>().FirstOrDefault());

    [Fact]
    public void Next_AfterALaterHeartbeat_IsNoEarlier() => AssertHolds(c =>
        c.Next() is not { } next || (c with { LastBeat = c.LastBeat + TimeSpan.FromSeconds(1) }).Next() is { } later && later.At >= next.At);

    [Fact]
    public void Next_OnceACancelWasAskedFor_LeavesNoMoreThanItsGrace() => AssertHolds(c =>
        c.CancelledAt is not { } at || c.Next() is { } next && next.At <= at + c.Limits.CancelTimeout);

    [Fact]
    public void Next_WithAHardLimitOrADeadline_IsNeverAfterIt() => AssertHolds(c =>
        (c.Limits.Hard is not { } hard || c.Next()!.Value.At <= hard) && (c.Limits.Deadline is not { } deadline || c.Next()!.Value.At <= deadline));

    private static IEnumerable<AttemptInstant> Candidates(Case c)
    {
        var (limits, heard) = (c.Limits, c.Reason is not (StopReason.None or StopReason.SoftTimeLimit));
        (TimeSpan? At, StopReason Reason)[] all =
        [
            (c.Reason == StopReason.None ? limits.Soft : null, StopReason.SoftTimeLimit),
            (heard ? null : c.LastBeat + limits.Heartbeat, StopReason.HeartbeatTimeout),
            (limits.Hard, StopReason.TimeLimit),
            (c.CancelledAt + limits.CancelTimeout, StopReason.CancelRequested),
            (limits.Deadline, StopReason.Deadline),
        ];
        return all.Where(a => a.At is not null).Select(a => new AttemptInstant(a.At!.Value, a.Reason));
    }

    private static void AssertHolds(Func<Case, bool> law) => Assert.Null(Property.Counterexample(
        random =>
        {
            // Few seconds, so that many fall on the same one.
            TimeSpan? Some() => random.One<TimeSpan?>(null, TimeSpan.FromSeconds(random.Next(8)));
            var limits = new AttemptLimits(Some(), Some(), Some(), Some(), TimeSpan.FromSeconds(random.Next(4)));
            return new Case(limits, random.One(Enum.GetValues<StopReason>()), TimeSpan.FromSeconds(random.Next(6)), Some());
        },
        law));

    private sealed record Case(AttemptLimits Limits, StopReason Reason, TimeSpan LastBeat, TimeSpan? CancelledAt)
    {
        public AttemptInstant? Next() => Limits.Next(Reason, LastBeat, CancelledAt);
    }
}
