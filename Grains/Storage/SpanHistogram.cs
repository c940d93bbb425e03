using System.Globalization;

namespace TaskGrid.Storage;

/// <summary>
/// Spans that were counted by half octaves: number k has those of m whole milliseconds with 2^(k/2) ≤ m + 1 &lt; 2^((k+1)/2). A percentile is the middle of the half octave
/// that it lies in, as octaves go: within 19 % of the span itself, and a millisecond.
/// </summary>
internal static class SpanHistogram
{
    /// <summary>How many spans of a kind there were, and how long; <c>null</c> when there were none.</summary>
    /// <param name="text">As the scripts keep it, in any order: the letter of a kind with the number of a half octave, how many there were, and so on; blanks between.</param>
    /// <param name="kind">The letter.</param>
    public static Latency? Read(string text, char kind)
    {
        var counts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Chunk(2).Where(f => f[0][0] == kind)
            .Select(f => (HalfOctave: int.Parse(f[0].AsSpan(1), CultureInfo.InvariantCulture), Count: long.Parse(f[1], CultureInfo.InvariantCulture)))
            .OrderBy(c => c.HalfOctave).ToList();
        var all = counts.Sum(c => c.Count);
        return all == 0 ? null : new(all, Percentile(50), Percentile(95));

        TimeSpan Percentile(int percent)
        {
            // The first of which so many, rounded up, are no longer than itself.
            var left = ((all * percent) + 99) / 100;
            return Middle(counts.First(c => (left -= c.Count) <= 0).HalfOctave);
        }
    }

    private static TimeSpan Middle(int halfOctave) => TimeSpan.FromMilliseconds(Math.Pow(2, (halfOctave + 0.5) / 2) - 1);
}
