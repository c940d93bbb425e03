using StackExchange.Redis;
using TaskGrid.Tasks;

namespace TaskGrid.Store;

/// <summary>The key of a task: what it holds now.</summary>
internal sealed record StoredTask(StateLine? Line, IReadOnlySet<string> Fields, TimeSpan? TimeToLive, string? Terms);

/// <summary>Everything that a grid has in the store, read key by key past the engine.</summary>
internal sealed class Contents
{
    public Dictionary<string, StoredTask> Tasks { get; } = [];

    public Dictionary<string, LeaseLine> Leases { get; } = [];

    public HashSet<string> Queues { get; } = [];

    public Dictionary<string, string> Silos { get; } = [];

    public Dictionary<string, string> Trials { get; } = [];

    public Dictionary<string, long> Counts { get; } = [];

    /// <summary>By queue: the announced lanes and their scores.</summary>
    public Dictionary<string, Dictionary<string, double>> Open { get; } = [];

    /// <summary>By queue: what is not due.</summary>
    public Dictionary<string, Dictionary<string, double>> Due { get; } = [];

    /// <summary>By queue and lane: what is ready.</summary>
    public Dictionary<(string Queue, string Lane), Dictionary<string, double>> Lanes { get; } = [];

    /// <summary>By state: the buckets, as <c>state:queue:number</c>.</summary>
    public Dictionary<string, Dictionary<string, double>> BucketIndex { get; } = [];

    public Dictionary<string, string[]> Buckets { get; } = [];

    /// <summary>By <c>state:queue</c>: the number of the bucket that is being filled, and when it was begun.</summary>
    public Dictionary<string, string> CurrentBuckets { get; } = [];

    /// <summary>The queues whose lanes take turns.</summary>
    public HashSet<string> FairQueues { get; } = [];

    /// <summary>By queue: the lanes that wait for a limit, and its scope.</summary>
    public Dictionary<string, Dictionary<string, string>> Shut { get; } = [];

    /// <summary>By scope: the lanes that wait for it, as <c>queue lane</c>.</summary>
    public Dictionary<string, Dictionary<string, double>> ShutBy { get; } = [];

    /// <summary>By queue: when to look at which scope again.</summary>
    public Dictionary<string, Dictionary<string, double>> Waits { get; } = [];

    /// <summary>By scope: what is counted in it.</summary>
    public Dictionary<string, string[]> Holds { get; } = [];

    /// <summary>When which task expires or has its deadline.</summary>
    public Dictionary<string, double> Until { get; private set; } = [];

    /// <summary>By tag: its unfinished tasks.</summary>
    public Dictionary<string, Dictionary<string, double>> Tagged { get; } = [];

    /// <summary>By task name and key: the task that stands for it.</summary>
    public Dictionary<string, string> Unique { get; } = [];

    /// <summary>By number: the tasks of 1,024 places, in the order of their acceptance.</summary>
    public Dictionary<string, string[]> Lists { get; } = [];

    /// <summary>The numbers of these lists.</summary>
    public Dictionary<string, double> ListIndex { get; private set; } = [];

    /// <summary>The tasks that wait for another attempt.</summary>
    public Dictionary<string, double> Retrying { get; private set; } = [];

    public long Sequence { get; private set; }

    /// <summary>Whether the store has been another process once, and may have gone back.</summary>
    public bool HasLostWrites { get; private set; }

    public List<string> UnknownKeys { get; } = [];

    public static async Task<Contents> ReadAsync(TestGrid grid)
    {
        var contents = new Contents();
        var prefix = grid.Key("");
        var keys = new HashSet<string>();
        var server = grid.Server.GetServers().Single();
        await foreach (var key in server.KeysAsync(pattern: prefix + "*", pageSize: 5000))
        {
            keys.Add(((string)key!)[prefix.Length..]);
        }

        await Task.WhenAll(keys.Select(key => contents.AddAsync(grid.Raw, prefix + key, key)));
        return contents;
    }

    private async Task AddAsync(IDatabase raw, string key, string name)
    {
        switch (name.Split(':'))
        {
            case ["control"]:
                HasLostWrites = await raw.HashExistsAsync(key, "process");
                break;
            case ["epoch" or "life" or "format"] or ["tasks"] or ["caps", _] or ["limits"] or ["q", _, "limits"] or ["classes"] or ["wait", ..] or ["trials", _, ..] or ["rate", ..] or ["log", _] or ["audit"] or ["listgone"]
                or ["errors", ..] or ["stat" or "spans", _]:
                break;
            case ["q", var queue]:
                if ((string?)await raw.HashGetAsync(key, "fair") == "1")
                {
                    lock (FairQueues)
                    {
                        FairQueues.Add(queue);
                    }
                }

                break;
            case ["q", var queue, "shut"]:
                var shut = new Dictionary<string, string>();
                Fill(shut, await raw.HashGetAllAsync(key), text => text);
                Put(Shut, queue, shut);
                break;
            case ["q", var queue, "waits"]:
                Put(Waits, queue, Scores(await raw.SortedSetRangeByRankWithScoresAsync(key)));
                break;
            case ["shut", ..]:
                Put(ShutBy, name["shut:".Length..], Scores(await raw.SortedSetRangeByRankWithScoresAsync(key)));
                break;
            case ["hold", ..]:
                Put(Holds, name["hold:".Length..], [.. (await raw.SetMembersAsync(key)).Select(v => (string)v!)]);
                break;
            case ["list"]:
                ListIndex = Scores(await raw.SortedSetRangeByRankWithScoresAsync(key));
                break;
            case ["list", var number]:
                Put(Lists, number, [.. (await raw.ListRangeAsync(key)).Select(v => ((string)v!).Split(' ')[0])]);
                break;
            case ["retrying"]:
                Retrying = Scores(await raw.SortedSetRangeByRankWithScoresAsync(key));
                break;
            case ["until"]:
                Until = Scores(await raw.SortedSetRangeByRankWithScoresAsync(key));
                break;
            case ["tag", var tag]:
                Put(Tagged, tag, Scores(await raw.SortedSetRangeByRankWithScoresAsync(key)));
                break;
            case ["u", ..]:
                Put(Unique, name[2..], (string)(await raw.StringGetAsync(key))!);
                break;
            case ["seq"]:
                Sequence = (long)await raw.StringGetAsync(key);
                break;
            case ["queues"]:
                Queues.UnionWith((await raw.SetMembersAsync(key)).Select(v => (string)v!));
                break;
            case ["leases"]:
                Fill(Leases, await raw.HashGetAllAsync(key), LeaseLine.Parse);
                break;
            case ["silos"]:
                Fill(Silos, await raw.HashGetAllAsync(key), text => text);
                break;
            case ["trials"]:
                Fill(Trials, await raw.HashGetAllAsync(key), text => text);
                break;
            case ["counts"]:
                Fill(Counts, await raw.HashGetAllAsync(key), long.Parse);
                break;
            case ["fin"]:
                Fill(CurrentBuckets, await raw.HashGetAllAsync(key), text => text);
                break;
            case ["t", var id]:
                await AddTaskAsync(raw, key, id);
                break;
            case ["q", var queue, "open"]:
                Put(Open, queue, Scores(await raw.SortedSetRangeByRankWithScoresAsync(key)));
                break;
            case ["q", var queue, "due"]:
                Put(Due, queue, Scores(await raw.SortedSetRangeByRankWithScoresAsync(key)));
                break;
            case ["q", var queue, "l", .. var lane]:
                Put(Lanes, (queue, string.Join(':', lane)), Scores(await raw.SortedSetRangeByRankWithScoresAsync(key)));
                break;
            case ["fin", var state]:
                Put(BucketIndex, state, Scores(await raw.SortedSetRangeByRankWithScoresAsync(key)));
                break;
            case ["fin", var state, var queue, var number]:
                Put(Buckets, $"{state}:{queue}:{number}", [.. (await raw.ListRangeAsync(key)).Select(v => (string)v!)]);
                break;
            default:
                lock (UnknownKeys)
                {
                    UnknownKeys.Add(name);
                }

                break;
        }
    }

    private async Task AddTaskAsync(IDatabase raw, string key, string id)
    {
        var fields = (await raw.HashGetAllAsync(key)).ToDictionary(f => (string)f.Name!, f => f.Value);
        var line = fields.TryGetValue("s", out var text) ? StateLine.Parse($"{text} {fields["i"]} {fields["k"]}") : (StateLine?)null;
        Put(Tasks, id, new(line, fields.Keys.ToHashSet(), await raw.KeyTimeToLiveAsync(key), fields.GetValueOrDefault("o")));
    }

    private static void Put<TKey, TValue>(Dictionary<TKey, TValue> into, TKey key, TValue value)
        where TKey : notnull
    {
        lock (into)
        {
            into[key] = value;
        }
    }

    private static void Fill<T>(Dictionary<string, T> into, HashEntry[] entries, Func<string, T> parse)
    {
        foreach (var entry in entries)
        {
            into[entry.Name!] = parse(entry.Value!);
        }
    }

    private static Dictionary<string, double> Scores(SortedSetEntry[] entries) => entries.ToDictionary(e => (string)e.Element!, e => e.Score);
}
