using System.Text.Json;
using StackExchange.Redis;
using TaskGrid.Handlers;
using TaskGrid.Tasks;

namespace TaskGrid.Storage;

/// <summary>A task that is leased.</summary>
/// <param name="Queue">Its queue.</param>
/// <param name="Worker">The silo that has it.</param>
/// <param name="Task">What is told of it.</param>
internal sealed record LeasedTask(string Queue, string Worker, RunningTask Task);

/// <summary>Figures, from counters and indexes alone.</summary>
internal sealed class StatsStore(StoreConnection store)
{
    private const int HistorySlots = 360;

    // Each costs the store some microseconds, and one with many lanes half a millisecond, in which it does nothing else.
    private const int QueuesAtOnce = 20;

    /// <summary>The grid as a whole. What is ready is read first, queue by queue, so it may be milliseconds older than the rest.</summary>
    public async Task<GridStats> ReadAsync()
    {
        var ready = await ReadyAsync().ConfigureAwait(false);
        var history = await store.ReadAsync("history", "", HistorySlots).ConfigureAwait(false);
        var totals = await store.ReadAsync("totals").ConfigureAwait(false);
        var (retrying, retryingLater, notDue) = ((long)totals[3], (long)totals[4], (long)totals[5]);
        var counters = ((RedisResult[])totals[1]!).Chunk(2).ToDictionary(pair => (string)pair[0]!, pair => (long)pair[1]);
        return new()
        {
            At = Instant((long)totals[0]),
            Total = new(Sum("A:"), Sum("S:"), Sum("F:"), Sum("C:"), Sum("R:")),
            Succeeded = Math.Max(0, counters.GetValueOrDefault("kept:S")),
            Failed = Math.Max(0, counters.GetValueOrDefault("kept:F")),
            Cancelled = Math.Max(0, counters.GetValueOrDefault("kept:C")),
            // Queues hold retries beside what waits for its first attempt.
            Scheduled = Math.Max(0, notDue - retryingLater),
            Queued = Math.Max(0, ready - (retrying - retryingLater)),
            Running = (long)totals[2],
            Retrying = retrying,
            StaleResults = counters.GetValueOrDefault("stale"),
            History = SlotsOf((long)history[0], (long)history[1], (RedisResult[])history[2]!, (RedisResult[])history[3]!),
            SlotLength = TimeSpan.FromMilliseconds((long)history[1]),
        };

        long Sum(string letter) => counters.Where(c => c.Key.StartsWith(letter, StringComparison.Ordinal)).Sum(c => c.Value);
    }

    /// <summary>All leases.</summary>
    public async Task<IReadOnlyList<LeasedTask>> RunningAsync() =>
    [
        .. ((RedisResult[])(await store.ReadAsync("running").ConfigureAwait(false))[0]!).Chunk(6).Select(l =>
            new LeasedTask((string)l[1]!, (string)l[3]!, new((string)l[0]!, (string)l[2]!, (string)l[1]!, (int)(long)l[4], Instant((long)l[5])))),
    ];

    /// <summary>Failures by kind, the last one first.</summary>
    public async Task<IReadOnlyList<ErrorGroup>> ErrorsAsync(int most) =>
    [
        .. ((RedisResult[])(await store.ReadAsync("errors", most).ConfigureAwait(false))[0]!).Chunk(4).Select(g =>
        {
            // The type is kept as it stands in the error's JSON.
            var (task, type) = ((string)g[0]!).Split(' ', 2) is [var name, var text] ? (name, JsonSerializer.Deserialize<string>($"\"{text}\"")!) : ("", "");
            return new ErrorGroup(task, type, (long)g[2], Instant((long)g[1]), (string)g[3]!);
        }),
    ];

    /// <summary>The tasks that live silos run, by name.</summary>
    public async Task<IReadOnlyList<TaskType>> TypesAsync() =>
    [
        // The grid's own are nobody's to submit.
        .. ((RedisResult[])(await store.ReadAsync("types").ConfigureAwait(false))[0]!).Chunk(3).Where(t => !Names.IsOwn((string)t[0]!)).Select(t =>
        {
            var description = JsonSerializer.Deserialize((string)t[1]!, StoredJson.Default.TaskDescription)!;
            return new TaskType
            {
                Task = (string)t[0]!, Queue = description.Queue, Settings = description.Settings, Tags = description.Tags ?? [],
                ArgsSchema = Json(description.Args), ResultSchema = Json(description.Result), Silos = (int)(long)t[2],
            };
        }).OrderBy(t => t.Task, StringComparer.Ordinal),
    ];

    private async Task<long> ReadyAsync()
    {
        var ready = 0L;
        var queues = ((RedisResult[])(await store.ReadAsync("queues").ConfigureAwait(false))[0]!).Select(q => (RedisValue)(string)q!);
        foreach (var some in queues.Chunk(QueuesAtOnce))
        {
            ready += (long)(await store.ReadAsync("ready", some).ConfigureAwait(false))[0];
        }

        return ready;
    }

    private static IReadOnlyList<HistorySlot> SlotsOf(long first, long length, RedisResult[] values, RedisResult[] spans) =>
    [
        .. values.Select(v => (long)v).Chunk(5).Zip(spans, (counts, text) => (Counts: counts, Spans: (string)text!)).Select((slot, i) =>
            new HistorySlot(Instant(first + (i * length)), new(slot.Counts[0], slot.Counts[1], slot.Counts[2], slot.Counts[3], slot.Counts[4]))
            {
                Wait = SpanHistogram.Read(slot.Spans, 'w'),
                Run = SpanHistogram.Read(slot.Spans, 'r'),
            }),
    ];

    private static JsonText? Json(JsonElement? schema) => schema is { } json ? new JsonText(JsonSerializer.SerializeToUtf8Bytes(json)) : null;

    private static DateTimeOffset Instant(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
