namespace TaskGrid.Workers;

/// <summary>
/// The outcomes that wait for the store. While so many do, or for so long, nothing more should be begun here: what ends meanwhile may never be stored, and is
/// then done once more elsewhere.
/// </summary>
internal sealed class WaitingOutcomes(SiloIncarnation self, TimeProvider time)
{
    private const int Most = 1000;

    // Many times what a store in order takes, and little beside the time for which a silo may run without one.
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(500);

    private long _answeredAt;
    private int _count;

    /// <summary>Whether no more work should be begun. One that the store does not take, though it answers beats, stops nobody.</summary>
    public bool AreTooMany =>
        Volatile.Read(ref _count) is var count and > 0
        && (count >= Most || (time.GetElapsedTime(Volatile.Read(ref _answeredAt)) > s_longest && self.SinceConfirmed > s_longest));

    /// <summary>One has begun to wait.</summary>
    public void Add()
    {
        if (Volatile.Read(ref _count) == 0)
        {
            Volatile.Write(ref _answeredAt, time.GetTimestamp());
        }

        Interlocked.Increment(ref _count);
    }

    /// <summary>One waits no longer.</summary>
    public void Remove()
    {
        // First, so that whoever counts one sees when the last was answered.
        Volatile.Write(ref _answeredAt, time.GetTimestamp());
        Interlocked.Decrement(ref _count);
    }
}
