using System.Globalization;
using StackExchange.Redis;
using TaskGrid.Tasks;

namespace TaskGrid.Storage;

/// <summary>A lease just granted, with the record it is for.</summary>
/// <param name="Id">The task.</param>
/// <param name="Token">The fencing token.</param>
/// <param name="LeasedAt">The store's clock at the lease, Unix milliseconds.</param>
/// <param name="StartedAt">When its code may begin, by the store's clock: for a task with a rate that may be a moment after the lease.</param>
/// <param name="Line">The record's state line at the lease.</param>
/// <param name="Definition">The record's definition; absent when it is longer than 2 kB: the worker reads it.</param>
/// <param name="Attempts">The failed attempts so far, as stored.</param>
/// <param name="Terms">What the task asked for beside the usual, as stored; empty for most.</param>
/// <param name="Permits">The letters of the limits that the lease is counted in.</param>
/// <param name="MayBeLateBy">How long after its instant its code may begin; <c>null</c> when it has no rate, and may at any time.</param>
[GenerateSerializer, Immutable, Alias("taskgrid.lease")]
internal sealed record GrantedLease(
    [property: Id(0)] string Id,
    [property: Id(1)] long Token,
    [property: Id(8)] long LeasedAt,
    [property: Id(2)] long StartedAt,
    [property: Id(3)] string Line,
    [property: Id(4)] byte[]? Definition,
    [property: Id(5)] byte[]? Attempts,
    [property: Id(6)] string Terms,
    [property: Id(7)] string Permits,
    [property: Id(9)] TimeSpan? MayBeLateBy = null);

/// <summary>Whether a dispatcher may lease.</summary>
internal enum LeaseStatus
{
    /// <summary>It may; what was ready has been leased.</summary>
    Ok,

    /// <summary>Another activation of the dispatcher has taken over.</summary>
    Superseded,

    /// <summary>The silo asked for has been declared dead or is not known.</summary>
    DeadSilo,

    /// <summary>The queue is paused.</summary>
    Paused,
}

/// <summary>The answer to a lease request.</summary>
/// <param name="Status">Whether it was allowed.</param>
/// <param name="LookAgainIn">Until the queue has to be looked at again, since a task becomes due or a limit leaves room; <c>null</c> when nothing comes by itself.</param>
/// <param name="More">Whether more work is ready, if only for silos with other capabilities.</param>
/// <param name="Leases">What was leased.</param>
/// <param name="NeedsSlot">Whether what comes next has to begin at once, and the silo had no slot for it.</param>
internal sealed record LeaseReply(LeaseStatus Status, TimeSpan? LookAgainIn, bool More, IReadOnlyList<GrantedLease> Leases, bool NeedsSlot = false);

/// <summary>The leases of tasks. Every method is one atomic operation.</summary>
internal sealed class LeaseStore(StoreConnection store)
{
    /// <summary>How many words the store answers for each lease: id, token, start, line, definition, and what few have.</summary>
    public const int WordsOfALease = 6;

    /// <summary>Makes the caller the dispatcher of a queue: earlier ones can't lease any more.</summary>
    public async Task<(long Epoch, bool HasReminder)> OpenAsync(string queue)
    {
        var reply = await store.WriteAsync("open", queue).ConfigureAwait(false);
        return ((long)reply[0], (string?)reply[1] == "1");
    }

    /// <summary>Notes that the queue's reminder has been registered.</summary>
    public Task RemindedAsync(string queue) => store.WriteAsync("reminded", queue);

    /// <summary>Leases what comes first in the queue, exactly in order, to a silo: at most 256 at a time.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="epoch">The dispatcher's own.</param>
    /// <param name="silo">The silo's incarnation.</param>
    /// <param name="capabilities">What it can run.</param>
    /// <param name="max">How many it takes.</param>
    /// <param name="idle">How many of them it can begin at once: no more than these may be tasks with a limit.</param>
    /// <param name="ahead">How long before its instant a start that a rate limits may be handed out.</param>
    public async Task<LeaseReply> LeaseAsync(string queue, long epoch, string silo, string capabilities, int max, int idle, TimeSpan ahead = default)
    {
        var reply = await store.WriteAsync("lease", queue, epoch, silo, capabilities, max, idle, (long)ahead.TotalMilliseconds).ConfigureAwait(false);
        return (string?)reply[0] switch
        {
            "superseded" => new(LeaseStatus.Superseded, null, false, []),
            "dead" => new(LeaseStatus.DeadSilo, null, false, []),
            "paused" => new(LeaseStatus.Paused, null, false, []),
            "restarted" => throw new StoreRestartedException(),
            _ => new(LeaseStatus.Ok, QueueWork.In((long)reply[1]), (string?)reply[2] == "1", Granted((RedisResult[])reply[3]!, (long)reply[5]), (string?)reply[4] == "1"),
        };
    }

    /// <summary>Notes that a suspect's code is about to start; false when it must not, since the lease is gone or a cancel was asked for.</summary>
    public async Task<bool> BeginAsync(string id, long token) =>
        (string?)(await store.WriteAsync("begin", id, token).ConfigureAwait(false))[0] == "ok";

    /// <summary>Gives a lease back; the task keeps its place and nothing is counted.</summary>
    /// <param name="id">The task.</param>
    /// <param name="token">The lease's token.</param>
    /// <param name="begun">Whether its code had begun: it counts as started then, and as one of the starts of a rate.</param>
    public Task HandBackAsync(string id, long token, bool begun = false) => store.WriteAsync("handback", id, token, begun ? 1 : 0);

    /// <summary>Ends the lease of a dead silo; false when it had ended already, or the silo lives. Somebody waits for its task: it goes past large writes.</summary>
    public async Task<bool> LapseAsync(string id, long token, int crashLimit) =>
        (string?)(await store.WriteUrgentAsync("lapse", id, token, crashLimit).ConfigureAwait(false))[0] == "ok";

    /// <summary>All leases that the store holds for a silo: no more than its slots and look-ahead.</summary>
    public Task<IReadOnlyList<(string Id, LeaseLine Lease)>> HeldByAsync(string silo) => ListAsync(silo, int.MaxValue);

    /// <summary>The leases whose silo is dead, a thousand at most: end them and ask again.</summary>
    public Task<IReadOnlyList<(string Id, LeaseLine Lease)>> OfDeadSilosAsync() => ListAsync("", 1000);

    private async Task<IReadOnlyList<(string Id, LeaseLine Lease)>> ListAsync(string silo, int max)
    {
        var reply = await store.ReadAsync("leases", silo, max).ConfigureAwait(false);
        return [.. ((RedisResult[])reply[0]!).Chunk(2).Select(pair => ((string)pair[0]!, LeaseLine.Parse((string)pair[1]!)))];
    }

    private static GrantedLease[] Granted(RedisResult[] flat, long leasedAt)
    {
        var leases = new GrantedLease[flat.Length / WordsOfALease];
        for (var i = 0; i < leases.Length; i++)
        {
            leases[i] = Granted(flat.AsSpan(i * WordsOfALease, WordsOfALease), leasedAt);
        }

        return leases;
    }

    private static GrantedLease Granted(ReadOnlySpan<RedisResult> words, long leasedAt)
    {
        var lease = new GrantedLease(
            (string)words[0]!, (long)words[1], leasedAt, (long)words[2], (string)words[3]!, NullIfEmpty((byte[]?)words[4]), null, "", StateLine.None);
        return words[5].Length < 0
            ? lease
            : lease with
            {
                Attempts = NullIfEmpty((byte[]?)words[5][0]),
                Terms = (string)words[5][1]!,
                Permits = (string)words[5][2]!,
                MayBeLateBy = (string?)words[5][3] is { Length: > 0 } late ? TimeSpan.FromMilliseconds(long.Parse(late, CultureInfo.InvariantCulture)) : null,
            };
    }

    private static byte[]? NullIfEmpty(byte[]? bytes) => bytes is { Length: > 0 } ? bytes : null;
}
