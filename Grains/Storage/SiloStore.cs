using System.Globalization;
using System.Text.Json;
using StackExchange.Redis;
using TaskGrid.Tasks;

namespace TaskGrid.Storage;

/// <summary>What a beat brought back.</summary>
/// <param name="Accepted">False when this silo has been declared dead, or is not known.</param>
/// <param name="Now">The store's clock, Unix milliseconds.</param>
/// <param name="Beats">The last beat of every silo, as stored: compare it to see whether it moves.</param>
/// <param name="IsUnknown">Whether it was not accepted because the store has lost that this silo came: it is to register again.</param>
internal sealed record BeatReply(bool Accepted, long Now, IReadOnlyDictionary<string, string> Beats, bool IsUnknown = false)
{
    private static readonly Dictionary<string, string> s_nothing = [];

    /// <summary>This silo has been declared dead.</summary>
    public static BeatReply Dead { get; } = new(false, 0, s_nothing);

    /// <summary>The store knows this silo by its leases alone.</summary>
    public static BeatReply Unknown { get; } = new(false, 0, s_nothing, IsUnknown: true);

    /// <summary>Whether a stored beat says that its silo has been declared dead.</summary>
    public static bool SaysDead(string beat) => beat.StartsWith("dead", StringComparison.Ordinal);

    /// <summary>When a stored beat was written, by the store's clock; of a silo that has been declared dead since, its last one.</summary>
    public static DateTimeOffset InstantOf(string beat) =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(beat.Split(' ')[SaysDead(beat) ? 1 : 0], CultureInfo.InvariantCulture));
}

/// <summary>A queue that has work.</summary>
/// <param name="Queue">Its name.</param>
/// <param name="IsReady">Whether some of it may be ready now.</param>
/// <param name="LookAgainIn">Until it has to be looked at again, by the store's clock; <c>null</c> when nothing comes by itself.</param>
internal sealed record QueueWork(string Queue, bool IsReady, TimeSpan? LookAgainIn)
{
    public static TimeSpan? In(long milliseconds) => milliseconds < 0 ? null : TimeSpan.FromMilliseconds(milliseconds);
}

/// <summary>What there is to do in the grid.</summary>
/// <param name="AnyOverdue">Whether a task was to have started, or ended, by now.</param>
/// <param name="Queues">The queues that have work.</param>
internal sealed record Survey(bool AnyOverdue, IReadOnlyList<QueueWork> Queues);

/// <summary>A task that a silo can run, as it announces it.</summary>
/// <param name="Name">The task name.</param>
/// <param name="Description">Its defaults.</param>
/// <param name="InQueue">The limits of its tasks in each queue.</param>
/// <param name="InGrid">The limits of its tasks in the whole grid.</param>
internal sealed record AnnouncedTask(string Name, TaskDescription Description, Limits? InQueue = null, Limits? InGrid = null);

/// <summary>The silos of the grid: what they can run, whether they live, and where there is work for them.</summary>
internal sealed class SiloStore(StoreConnection store)
{
    /// <summary>Announces the tasks that a silo can run.</summary>
    public Task RegisterAsync(string silo, string capabilities, IEnumerable<AnnouncedTask> tasks) =>
        store.WriteUrgentAsync("register", [
            silo, capabilities,
            .. tasks.SelectMany(t => new RedisValue[]
            {
                t.Name, JsonSerializer.SerializeToUtf8Bytes(t.Description, StoredJson.Default.TaskDescription), LimitText.Of(t.InQueue), LimitText.Of(t.InGrid),
            }),
        ]);

    /// <summary>The defaults of a task that some live silo can run; <c>null</c> when none can.</summary>
    public async Task<TaskDescription?> DescribeAsync(string task)
    {
        var reply = await store.ReadAsync("describe", task).ConfigureAwait(false);
        return (string?)reply[0] == "ok" ? JsonSerializer.Deserialize((byte[])reply[1]!, StoredJson.Default.TaskDescription) : null;
    }

    /// <summary>Says that a silo lives, for all of its leases.</summary>
    public async Task<BeatReply> BeatAsync(string silo, string capabilities, string info)
    {
        var reply = await store.WriteUrgentAsync("beat", silo, capabilities, info).ConfigureAwait(false);
        return (string?)reply[0] switch
        {
            "dead" => BeatReply.Dead,
            "unknown" => BeatReply.Unknown,
            _ => new(true, (long)reply[1], BeatsIn(reply[2])),
        };
    }

    /// <summary>The last beat of each silo.</summary>
    public async Task<IReadOnlyDictionary<string, string>> BeatsAsync() => BeatsIn((await store.ReadAsync("beats").ConfigureAwait(false))[0]);

    /// <summary>When each silo last said that it lives, by the store's clock.</summary>
    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> HeartbeatsAsync() =>
        (await BeatsAsync().ConfigureAwait(false)).ToDictionary(b => b.Key, b => BeatReply.InstantOf(b.Value));

    /// <summary>Declares a silo dead if its beat is still the one that was seen; false when it has beaten since.</summary>
    public async Task<bool> BuryAsync(string silo, string seenBeat) =>
        (string?)(await store.WriteUrgentAsync("bury", silo, seenBeat).ConfigureAwait(false))[0] == "ok";

    /// <summary>Takes a silo without leases off the list; false while it has some.</summary>
    public async Task<bool> LeaveAsync(string silo) =>
        (string?)(await store.WriteUrgentAsync("leave", silo).ConfigureAwait(false))[0] == "ok";

    private static Dictionary<string, string> BeatsIn(RedisResult reply) =>
        ((RedisResult[])reply!).Chunk(2).ToDictionary(pair => (string)pair[0]!, pair => (string)pair[1]!);

    /// <summary>What there is to do.</summary>
    public async Task<Survey> SurveyAsync()
    {
        var reply = (RedisResult[])(await store.ReadAsync("survey").ConfigureAwait(false))[0]!;
        return new((string?)reply[0] == "1",
        [
            .. reply[1..].Chunk(3).Select(q =>
                new QueueWork((string)q[0]!, (long)q[1] > 0 || (long)q[2] == 0, QueueWork.In((long)q[2]))),
        ]);
    }
}
