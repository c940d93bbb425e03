using System.Diagnostics.Metrics;

namespace TaskGrid.Telemetry;

/// <summary>Measures for listeners that are the application's, and may throw: what is measured must not fail, nor happen again, because of that.</summary>
internal static class Measuring
{
    public static void Count(this Counter<long> counter, long delta, KeyValuePair<string, object?>[] tags)
    {
        try
        {
            counter.Add(delta, tags);
        }
        catch (Exception)
        {
            // To be told by whoever listens.
        }
    }

    public static void Keep(this Histogram<double> histogram, double value, KeyValuePair<string, object?>[] tags)
    {
        try
        {
            histogram.Record(value, tags);
        }
        catch (Exception)
        {
            // To be told by whoever listens.
        }
    }
}
