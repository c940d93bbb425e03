using System.Diagnostics.Metrics;
using TaskGrid.Workers;

namespace TaskGrid.Telemetry;

/// <summary>What is counted of attempts on the silo that runs them. Free while nobody listens.</summary>
internal static class AttemptMeasures
{
    private static readonly Counter<long> s_consumed = TaskGridTelemetry.Meter.CreateCounter<long>(
        "messaging.client.consumed.messages", "{message}", "Attempts whose handler has begun.");

    private static readonly Histogram<double> s_process = TaskGridTelemetry.Meter.CreateHistogram<double>(
        "messaging.process.duration", "s", "How long a handler ran.", advice: Buckets.Long);

    private static readonly Histogram<double> s_wait = TaskGridTelemetry.Meter.CreateHistogram<double>(
        "taskgrid.task.wait", "s", "How long a task waited for its first attempt, from its due instant, or its acceptance, on.", advice: Buckets.Long);

    private static readonly Counter<long> s_ended = TaskGridTelemetry.Meter.CreateCounter<long>(
        "taskgrid.attempts", "{attempt}", "Attempts that have ended, by what followed.");

    /// <summary>A handler is about to begin.</summary>
    public static void Begun(BegunAttempt begun)
    {
        if (s_consumed.Enabled)
        {
            s_consumed.Count(1, Tags(begun.Queue, begun.Task, "process"));
        }

        if (s_wait.Enabled && begun.Attempt is { Lease: var lease, Line: { Issued: 0 } line })
        {
            s_wait.Keep(Math.Max(0, lease.StartedAt - Math.Max(line.Created, line.Due)) / 1000.0, Tags(begun.Queue, begun.Task));
        }
    }

    /// <summary>A handler has ended.</summary>
    /// <param name="begun">Its attempt.</param>
    /// <param name="ran">How long it ran.</param>
    /// <param name="error">The type of its error, if it failed.</param>
    public static void Ran(BegunAttempt begun, TimeSpan ran, string? error)
    {
        if (s_process.Enabled)
        {
            var tags = Tags(begun.Queue, begun.Task, "process");
            s_process.Keep(ran.TotalSeconds, error is null ? tags : [.. tags, new("error.type", error)]);
        }
    }

    /// <summary>An attempt has come to something.</summary>
    /// <param name="queue">Its queue.</param>
    /// <param name="task">Its task's name.</param>
    /// <param name="outcome">One of the words of <c>docs/telemetry.md</c>.</param>
    public static void Ended(string queue, string task, string outcome)
    {
        if (s_ended.Enabled)
        {
            s_ended.Count(1, [.. Tags(queue, task), new("taskgrid.outcome", outcome)]);
        }
    }

    private static KeyValuePair<string, object?>[] Tags(string queue, string task, string? operation = null) => operation is null
        ? [new("messaging.destination.name", queue), new("taskgrid.task", task)]
        : [new("messaging.system", "taskgrid"), new("messaging.operation.name", operation), new("messaging.destination.name", queue), new("taskgrid.task", task)];
}
