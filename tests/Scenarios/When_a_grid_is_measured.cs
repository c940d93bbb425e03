using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Xunit;

namespace TaskGrid.Scenarios;

public sealed class When_a_grid_is_measured
{
    private const string Queue = "measured";

    [Fact]
    public async Task Submits_attempts_and_slots_are_counted()
    {
        var calls = 0;
        using var measures = new Measures();
        await using var grid = await Grid.StartAsync(tasks => tasks
            .AddTask("fine", () => "done")
            .AddTask("broken", void () => throw new IOException("no disk"), o => o.Backoff = Backoff.Fixed(TimeSpan.FromMilliseconds(1)))
            .AddTask("choosy", string () => Interlocked.Increment(ref calls) switch
            {
                1 => throw new SnoozeTaskException(TimeSpan.FromMilliseconds(1)),
                2 => throw new RejectTaskException(),
                _ => throw new CancelTaskException("enough"),
            }));

        var asked = new[] { "fine", "fine", "broken", "choosy" }.Select(t => TaskSubmission.Create(t, null, new() { Queue = Queue, MaxAttempts = 2 }));
        var replies = await grid.Tasks.SubmitBatchAsync([.. asked, TaskSubmission.Create("nobody-runs-it", null, new() { Queue = Queue })]);
        foreach (var accepted in replies.Take(4))
        {
            await grid.Tasks.GetHandle(accepted.Snapshot!.Id).FinalAsync();
        }

        await measures.UntilAsync("taskgrid.attempts", 7);
        Assert.Equal(4, measures.Of("messaging.client.sent.messages").Count());
        Assert.Contains(measures.All, m => m.Instrument == "messaging.client.sent.messages" && m.Tag("error.type") == "unknown_task" && m.Tag("taskgrid.task") is null);
        Assert.Contains(measures.All, m => m.Instrument == "messaging.client.operation.duration" && m.Value > 0);
        Assert.Equal(7, measures.Of("messaging.client.consumed.messages").Count());
        Assert.Equal(["System.IO.IOException", "System.IO.IOException"], measures.Of("messaging.process.duration").Select(m => m.Tag("error.type")).OfType<string>());
        Assert.Equal(4, measures.Of("taskgrid.task.wait").Select(m => m.Value).Count(w => w is >= 0 and < 60));
        Assert.Equal(
            ["cancelled choosy", "failed broken", "rejected choosy", "retried broken", "snoozed choosy", "succeeded fine", "succeeded fine"],
            measures.Of("taskgrid.attempts").Select(m => $"{m.Tag("taskgrid.outcome")} {m.Tag("taskgrid.task")}").Order());
        measures.Observe();
        Assert.Contains(measures.All, m => m is { Instrument: "taskgrid.worker.slots", Value: 16 });
        Assert.Equal(Documented(), measures.Instruments);
    }

    /// <summary>The instruments that the document has, with their units.</summary>
    private static SortedSet<string> Documented()
    {
        var document = File.ReadAllText(Path.Combine(RepositoryRoot(AppContext.BaseDirectory), "docs", "telemetry.md"));
        return [.. Regex.Matches(document, @"^\| `([a-z._]+)` \| [a-z -]+, `([^`]+)` \|", RegexOptions.Multiline).Select(m => $"{m.Groups[1].Value} {m.Groups[2].Value}")];
    }

    private static string RepositoryRoot(string folder) => File.Exists(Path.Combine(folder, "Orleans.sln")) ? folder : RepositoryRoot(Path.GetDirectoryName(folder)!);

    private sealed record Measure(string Instrument, double Value, IReadOnlyDictionary<string, object?> Tags)
    {
        public string? Tag(string name) => Tags.GetValueOrDefault(name) as string;
    }

    private sealed class Measures : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentQueue<Measure> _all = new();
        private readonly ConcurrentDictionary<string, bool> _instruments = new();

        public Measures()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == TaskGridTelemetry.MeterName)
                {
                    _instruments[$"{instrument.Name} {instrument.Unit}"] = true;
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Keep(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
            _listener.Start();
        }

        public IEnumerable<Measure> All => _all;

        public SortedSet<string> Instruments => [.. _instruments.Keys];

        // Other grids of this process are measured as well.
        public IEnumerable<Measure> Of(string instrument) => _all.Where(m => m.Instrument == instrument && m.Tag("messaging.destination.name") == Queue);

        public void Observe() => _listener.RecordObservableInstruments();

        /// <summary>An attempt is counted after its task can be seen to be final.</summary>
        public Task UntilAsync(string instrument, int count) => Until.True(() => Task.FromResult(Of(instrument).Count() >= count), $"{count} measures of {instrument} are there");

        public void Dispose() => _listener.Dispose();

        private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            _all.Enqueue(new(instrument.Name, value, tags.ToArray().ToDictionary()));
    }
}
