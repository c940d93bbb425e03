namespace TaskGrid.Bench;

/// <summary>Figures made of what was seen in a run.</summary>
internal static class Figures
{
    /// <summary>Of tasks that went through as fast as they could.</summary>
    public static Dictionary<string, double> OfFlow(int count, TimeSpan elapsed, double[] acknowledgedMs, Usage used)
    {
        var figures = new Dictionary<string, double> { [Figure.Throughput] = count / elapsed.TotalSeconds };
        if (acknowledgedMs.Length > 0)
        {
            figures[Figure.AcknowledgedP50] = Statistics.Percentile(acknowledgedMs, 0.5);
            figures[Figure.AcknowledgedP99] = Statistics.Percentile(acknowledgedMs, 0.99);
        }

        AddUse(figures, count, used);
        return figures;
    }

    public static Dictionary<string, double> OfRoundTrips(double[] ms) =>
        new() { [Figure.RoundTripP50] = Statistics.Percentile(ms, 0.5), [Figure.RoundTripP99] = Statistics.Percentile(ms, 0.99) };

    public static Dictionary<string, double> OfLateness(double[] ms) =>
        new() { [Figure.LateP50] = Statistics.Percentile(ms, 0.5), [Figure.LateP99] = Statistics.Percentile(ms, 0.99) };

    private static void AddUse(Dictionary<string, double> figures, int count, Usage used)
    {
        double Micros(double ms) => 1000 * ms / count;
        figures["client CPU µs/task"] = Micros(used.Client.CpuMs);
        if (used.Web is { } web)
        {
            figures["web CPU µs/task"] = Micros(web.CpuMs);
        }

        figures["worker CPU µs/task"] = Micros(used.Worker.CpuMs);
        figures["Redis CPU µs/task"] = Micros(used.Redis.CpuMs);
        if (used.Worker.AllocatedBytes > 0)
        {
            figures["worker allocated bytes/task"] = used.Worker.AllocatedBytes / count;
            figures["worker GC pauses ms"] = used.Worker.GcPauseMs;
        }

        figures["Redis commands/task"] = (double)used.Redis.Commands / count;
        figures["Redis traffic bytes/task"] = (double)used.Redis.TrafficBytes / count;
        figures[Figure.DataPerTask] = (double)used.Redis.DataBytes / count;
        figures[Figure.Rewrites] = used.Redis.Rewrites;
    }
}
