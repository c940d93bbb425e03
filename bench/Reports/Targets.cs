namespace TaskGrid.Bench;

/// <summary>What the project wants to reach on a machine of two cores.</summary>
/// <param name="What">In words.</param>
/// <param name="Scenario">The scenario that tells.</param>
/// <param name="Figure">Its figure.</param>
/// <param name="Wanted">The figure wanted.</param>
/// <param name="Stretch">What would be better still.</param>
/// <param name="Peer">The peer that the figure is divided by; <c>null</c> for the figure itself.</param>
/// <param name="IsHigh">Whether more is better.</param>
internal sealed record Target(string What, string Scenario, string Figure, double Wanted, double Stretch, string? Peer = null, bool IsHigh = true)
{
    public static IReadOnlyList<Target> All { get; } =
    [
        new("single submits, Orleans client, tasks/s", "single", Bench.Figure.Throughput, 15_000, 25_000),
        new("batches of 100, tasks/s", "batch", Bench.Figure.Throughput, 25_000, 40_000),
        new("REST, single POSTs, tasks/s", "rest", Bench.Figure.Throughput, 5_000, 8_000),
        new("REST, batches of 100, tasks/s", "rest-batch", Bench.Figure.Throughput, 15_000, 25_000),
        new("drain of a backlog, one silo, tasks/s", "drain", Bench.Figure.Throughput, 20_000, 35_000),
        Low("idle round trip, Orleans client, p50 ms", "round-trip", Bench.Figure.RoundTripP50, 1, 0.7),
        Low("the same, p99 ms", "round-trip", Bench.Figure.RoundTripP99, 4, 2),
        Low("idle round trip over REST with wait, p50 ms", "rest-round-trip", Bench.Figure.RoundTripP50, 1.6, 1.2),
        Low("the same, p99 ms", "rest-round-trip", Bench.Figure.RoundTripP99, 6, 3),
        Low("lateness, 1,000 due in one instant, p50 ms", "due-at-once", Bench.Figure.LateP50, 15, 5),
        Low("the same, p99 ms", "due-at-once", Bench.Figure.LateP99, 50, 25),
        Low("lateness at 100 a second, p50 ms", "due-paced", Bench.Figure.LateP50, 3, 2),
        Low("the same, p99 ms", "due-paced", Bench.Figure.LateP99, 12, 6),
        Low("silo memory after 1,000,000 finished tasks, MiB", "million", Bench.Figure.WorkerMemory, 286, 191),
        Low("Redis bytes of a finished task, indexes included", "single", Bench.Figure.DataPerTask, 450, 300),
        new("throughput among 1,000,000 tasks, % of that among 100,000", "million", "last part of first %", 80, 100),
        Low("1,000,000 tasks scheduled: silo memory, MiB more", "scheduled", Bench.Figure.WorkerGrowth, 48, 9.5),
        new("single submits, times Hangfire", "single", Bench.Figure.Throughput, 15, 27, Peers.HangfireName),
        new("single submits, times BullMQ", "single", Bench.Figure.Throughput, 1.9, 3.2, Peers.BullMqName),
        new("drain, times BullMQ", "drain", Bench.Figure.Throughput, 1.4, 2.5, Peers.BullMqName),
    ];

    /// <summary>What was measured; <c>null</c> when it was not.</summary>
    public double? In(Results results)
    {
        var own = results.Of(Scenario, TaskGridContender.GridName)?.Median(Figure);
        return Peer is null ? own : own / results.Of(Scenario, Peer)?.Median(Figure);
    }

    /// <summary>Whether it is reached.</summary>
    public bool IsMetBy(double value, double bound) => IsHigh ? value >= bound : value <= bound;

    private static Target Low(string what, string scenario, string figure, double wanted, double stretch) => new(what, scenario, figure, wanted, stretch, IsHigh: false);
}
