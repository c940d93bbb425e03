using System.Text.Json;
using StackExchange.Redis;
using TaskGrid.Queues;
using TaskGrid.Tasks;

namespace TaskGrid.Storage;

/// <summary>The settings of queues. Every method is one atomic operation.</summary>
internal sealed class QueueStore(StoreConnection store)
{
    private const int WordsOfAQueue = 11;

    /// <summary>Sets everything about a queue; limits hold from now on, for what runs already as well.</summary>
    /// <returns>False when the queue has been changed since the caller saw it.</returns>
    public async Task<bool> ConfigureAsync(string queue, QueueSettings settings, QueueChange change)
    {
        var reply = await store.WriteAsync("configure", [queue, change.Seen, change.Operation, .. Arguments(queue, settings)[1..]]).ConfigureAwait(false);
        return (string?)reply[0] == "ok";
    }

    /// <summary>The same at a silo's start, unless something else was set while the grid ran.</summary>
    public Task DeclareAsync(string queue, QueueSettings settings) => store.WriteAsync("declare", Arguments(queue, settings));

    /// <summary>Stops or resumes leasing from a queue.</summary>
    /// <returns>False when the queue has been changed since the caller saw it.</returns>
    public async Task<bool> PauseAsync(string queue, bool paused, QueueChange change) =>
        (string?)(await store.WriteAsync("pause", queue, change.Seen, change.Operation, paused ? 1 : 0).ConfigureAwait(false))[0] == "ok";

    /// <summary>Some queues as they stand, but for what runs.</summary>
    public async Task<IReadOnlyList<QueueSnapshot>> ReadAsync(IReadOnlyList<string> names)
    {
        var reply = await store.ReadAsync("stand", [.. names.Select(n => (RedisValue)n)]).ConfigureAwait(false);
        return [.. ((RedisResult[])reply[0]!).Chunk(WordsOfAQueue).Zip(names, Parse)];
    }

    private static QueueSnapshot Parse(RedisResult[] words, string queue) => new()
    {
        Queue = queue,
        Settings = Parse((string?)words[0]),
        IsPaused = (string?)words[1] == "1",
        Revision = (long)words[2],
        OpenLanes = (long)words[3],
        ShutLanes = (long)words[4],
        Ready = (long)words[5],
        OldestReadyAt = (long)words[6] is var since and > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(since) : null,
        NotDue = (long)words[7],
        AcceptedPerSecond = (long)words[8] / 60.0,
        SucceededPerSecond = (long)words[9] / 60.0,
        FailedPerSecond = (long)words[10] / 60.0,
    };

    /// <summary>A queue's settings with their text; the given ones when the text is still the same.</summary>
    public async Task<(string Text, QueueSettings? Settings)> ReadSettingsAsync(string queue, string? knownText, QueueSettings? known)
    {
        var text = (string?)(await store.ReadAsync("settings", queue).ConfigureAwait(false))[0] ?? "";
        return (text, text == knownText ? known : Parse(text));
    }

    /// <summary>The names of all queues that there have been.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync() =>
        [.. ((RedisResult[])(await store.ReadAsync("queues").ConfigureAwait(false))[0]!).Select(q => (string)q!)];

    private static RedisValue[] Arguments(string queue, QueueSettings settings) =>
    [
        queue, JsonSerializer.SerializeToUtf8Bytes(settings, StoredJson.Default.QueueSettings), settings.Fair ? 1 : 0,
        (long)(settings.AgeingInterval?.TotalMilliseconds ?? 0), .. LimitsOf(settings),
    ];

    private static QueueSettings? Parse(string? text) => string.IsNullOrEmpty(text) ? null : JsonSerializer.Deserialize(text, StoredJson.Default.QueueSettings);

    private static IEnumerable<RedisValue> LimitsOf(QueueSettings settings) =>
        One("q", settings.Limits)
            .Concat(settings.TaskLimits?.SelectMany(t => One($"n:{t.Key}", t.Value, evenNone: true)) ?? [])
            .Concat(settings.KeyLimits?.SelectMany(k => One($"k:{Lane.Escape(k.Key)}", k.Value, evenNone: true)) ?? [])
            .Concat(One("k", settings.EachKeyLimits));

    // Saying of a task or key that it has no limit lifts the one that it asks for itself.
    private static IEnumerable<RedisValue> One(string field, Limits? limits, bool evenNone = false) => LimitText.Of(limits) switch
    {
        "" when evenNone => [field, "- - -"],
        "" => [],
        var text => [field, text],
    };
}
