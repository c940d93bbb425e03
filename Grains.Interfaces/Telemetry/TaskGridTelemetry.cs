using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace TaskGrid;

/// <summary>The names under which the grid reports what it does.</summary>
public static class TaskGridTelemetry
{
    /// <summary>
    /// The activity source of submits (<c>send {task}</c>, producer) and attempts (<c>process {task}</c>, consumer). An attempt is a
    /// child of its submit: a task and all that it submits are one trace.
    /// </summary>
    public const string ActivitySourceName = "TaskGrid";

    /// <summary>The meter of submits, attempts and slots. Its instruments are in <c>docs/telemetry.md</c>.</summary>
    public const string MeterName = "TaskGrid";

    internal static ActivitySource Source { get; } = new(ActivitySourceName);

    internal static Meter Meter { get; } = new(MeterName);
}
