using System.Numerics;
using TaskGrid.Storage;

namespace TaskGrid.Store.Model;

/// <summary>What is told of all tasks in figures.</summary>
internal sealed partial class GridModel
{
    private const long SlotLength = 10_000;

    private List<(long Slot, long Wait, long Run)> _measured = [];

    /// <summary>How many unfinished tasks there are in each state.</summary>
    public (long Scheduled, long Queued, long Retrying, long Running) Unfinished => (
        Tasks.Values.Count(t => t is { Waits: true, Retries: false } && t.Due > Now),
        Tasks.Values.Count(t => t is { Waits: true, Retries: false } && t.Due <= Now),
        Tasks.Values.Count(t => t is { Waits: true, Retries: true }),
        Tasks.Values.Count(t => t.Token is not null));

    /// <summary>How long tasks waited for the attempts that have ended in the slot that began at an instant, and how long these ran.</summary>
    public (Latency? Wait, Latency? Run) LatencyAt(long instant)
    {
        var some = _measured.Where(m => m.Slot == instant / SlotLength).ToList();
        return (Of(some.Select(m => m.Wait)), Of(some.Select(m => m.Run)));
    }

    private void Measure(long since, long started) => _measured.Add((Now / SlotLength, Math.Max(0, started - since), Now - started));

    // By whole numbers, which know no rounding: the half octave of m ms is the largest k with 2^k <= (m + 1)^2.
    private static Latency? Of(IEnumerable<long> spans) => SpanHistogram.Read(string.Join(' ', spans.Select(m => $"m{BitOperations.Log2((ulong)((m + 1) * (m + 1)))} 1")), 'm');
}
