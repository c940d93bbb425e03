using System.Numerics;

namespace TaskGrid.Storage;

public sealed class SpanHistogramTests
{
    // The fourth root of two: from the middle of a half octave to its ends.
    private static readonly double s_farthest = Math.Pow(2, 0.25);

    [Theory]
    [InlineData("")]
    [InlineData("w12 7")]
    public void Read_NothingOfTheKind_IsNull(string text) => Assert.Null(SpanHistogram.Read(text, 'r'));

    [Fact]
    public void Read_SeveralHalfOctaves_CountsAllAndFindsThePercentiles()
    {
        var latency = SpanHistogram.Read("r30 4 w3 1 r21 2 r20 94", 'r')!;

        Assert.Equal(100, latency.Count);
        Assert.Equal(Math.Pow(2, 10.25) - 1, latency.P50.TotalMilliseconds, 3);
        Assert.Equal(Math.Pow(2, 10.75) - 1, latency.P95.TotalMilliseconds, 3);
    }

    [Theory]
    [InlineData("r4 1 r8 1", 4, 8)]
    [InlineData("r4 19 r8 1", 4, 4)]
    [InlineData("r4 18 r8 2", 4, 8)]
    [InlineData("r4 1 r8 1 r9 1", 8, 9)]
    public void Read_AtTheEdgeOfAHalfOctave_CountsByRank(string text, int median, int slow)
    {
        var latency = SpanHistogram.Read(text, 'r')!;

        Assert.Equal((SpanHistogram.Read($"r{median} 1", 'r')!.P50, SpanHistogram.Read($"r{slow} 1", 'r')!.P50), (latency.P50, latency.P95));
    }

    [Fact]
    public void Read_AnySpans_IsAsExactAsItSays() => Assert.Null(Property.Counterexample(
        random => Enumerable.Range(0, random.Next(1, 20)).Select(_ => (long)random.Span(TimeSpan.FromDays(30)).TotalMilliseconds).Order().ToArray(),
        spans => SpanHistogram.Read(TextOf(spans), 's') is { } latency && latency.Count == spans.Length
            && IsNear(spans[(spans.Length - 1) / 2], latency.P50) && IsNear(spans[((spans.Length * 95) + 99) / 100 - 1], latency.P95)));

    private static string TextOf(IEnumerable<long> spans) =>
        string.Join(' ', spans.CountBy(m => BitOperations.Log2((ulong)((m + 1) * (m + 1)))).Select(c => $"s{c.Key} {c.Value}"));

    private static bool IsNear(long truth, TimeSpan told) => (told.TotalMilliseconds + 1) / (truth + 1) is var ratio && ratio < s_farthest * 1.0001 && ratio > 1 / (s_farthest * 1.0001);
}
