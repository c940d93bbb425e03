namespace TaskGrid.Bench;

/// <summary>The medians of the runs of each size, as a Markdown table.</summary>
internal sealed class Report
{
    private readonly List<SubmitRun> _runs = [];

    public void Add(SubmitRun run) => _runs.Add(run);

    public void Print(TextWriter writer)
    {
        writer.WriteLine("| N | tasks/s end to end: median (min to max) | acknowledge p50 / p99 ms | CPU µs per task: client / silo / Redis | Redis commands / bytes per task |");
        writer.WriteLine("|---|---|---|---|---|");
        foreach (var runs in _runs.GroupBy(r => r.Count))
        {
            double Median(Func<SubmitRun, double> value) => Statistics.Percentile([.. runs.Select(value)], 0.5);
            double PerTask(Func<Usage, TimeSpan> value) => Median(r => value(r.Used).TotalMicroseconds / r.Count);
            writer.WriteLine(
                $"| {runs.Key} | {Median(r => r.PerSecond):0} ({runs.Min(r => r.PerSecond):0} to {runs.Max(r => r.PerSecond):0}) "
                + $"| {Median(r => r.Percentile(0.5)):0.0} / {Median(r => r.Percentile(0.99)):0.0} "
                + $"| {PerTask(u => u.Client):0} / {PerTask(u => u.Silo):0} / {PerTask(u => u.Redis):0} "
                + $"| {Median(r => (double)r.Used.RedisCommands / r.Count):0.00} / {Median(r => (double)r.Used.RedisBytes / r.Count):0} |");
        }
    }
}

/// <summary>Order statistics.</summary>
internal static class Statistics
{
    public static double Percentile(double[] values, double p)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(p * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
