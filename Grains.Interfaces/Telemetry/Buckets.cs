using System.Diagnostics.Metrics;

namespace TaskGrid.Telemetry;

/// <summary>The bounds of histograms, in seconds.</summary>
internal static class Buckets
{
    /// <summary>Of what takes milliseconds, or is in trouble: those of the conventions.</summary>
    public static InstrumentAdvice<double> Short { get; } = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] };

    /// <summary>Of what may take hours.</summary>
    public static InstrumentAdvice<double> Long { get; } = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200] };
}
