using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace TaskGrid.Telemetry;

/// <summary>What is counted of submits where they are made, in the words of OpenTelemetry's messaging conventions. Free while nobody listens.</summary>
internal static class SubmitMeasures
{
    private static readonly Counter<long> s_sent = TaskGridTelemetry.Meter.CreateCounter<long>(
        "messaging.client.sent.messages", "{message}", "Tasks that were submitted, and what became of the submit.");

    private static readonly Histogram<double> s_duration = TaskGridTelemetry.Meter.CreateHistogram<double>(
        "messaging.client.operation.duration", "s", "How long a submit took until it was answered, repetitions included; a batch is one.", advice: Buckets.Short);

    /// <summary>Whether anybody listens.</summary>
    public static bool IsOn => s_sent.Enabled || s_duration.Enabled;

    /// <summary>Measures a submit, from its first try to its answer.</summary>
    public static async Task<IReadOnlyList<SubmitReply>> MeasureAsync(TaskSubmission[] submissions, Func<Task<IReadOnlyList<SubmitReply>>> send)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            var replies = await send().ConfigureAwait(false);
            s_duration.Keep(Stopwatch.GetElapsedTime(start).TotalSeconds, [.. Common]);
            for (var i = 0; i < replies.Count; i++)
            {
                Count(submissions[i], replies[i]);
            }

            return replies;
        }
        catch (Exception e)
        {
            var error = new KeyValuePair<string, object?>("error.type", e is GridUnavailableException { Code: var code } ? code : e.GetType().FullName);
            s_duration.Keep(Stopwatch.GetElapsedTime(start).TotalSeconds, [.. Common, error]);
            s_sent.Count(submissions.Length, [.. Common, error]);
            throw;
        }
    }

    // What was refused may have any name: only what is known becomes a series.
    private static void Count(TaskSubmission submission, SubmitReply reply) => s_sent.Count(1, reply.Snapshot is { } snapshot
        ? [.. Common, new("messaging.destination.name", snapshot.Queue), new("taskgrid.task", submission.Task)]
        : [.. Common, new("error.type", reply.Refusal?.Code)]);

    private static KeyValuePair<string, object?>[] Common { get; } = [new("messaging.system", "taskgrid"), new("messaging.operation.name", "send")];
}
