using System.Globalization;
using TaskGrid.Tasks;

namespace TaskGrid.Store;

/// <summary>
/// What must be true of the raw keys at any moment: everything that is accepted lies where it will be found. After a cut,
/// and before what follows has repaired it, a lease may be left over whose end is in the record already.
/// </summary>
internal static class Invariants
{
    private const int BucketSize = 128;
    private const double LargestExact = 1L << 53;
    private const long ScorePerPriority = 1L << 49;

    public static async Task AssertAsync(TestGrid grid, bool afterCut = false, string when = "")
    {
        var broken = Check(await Contents.ReadAsync(grid), afterCut).ToList();
        Assert.True(broken.Count == 0, $"{grid.Name} {when}:\n{string.Join('\n', broken.Take(20))}");
    }

    private static IEnumerable<string> Check(Contents contents, bool afterCut) =>
    [
        .. contents.UnknownKeys.Select(key => $"unknown key {key}"),
        .. contents.Tasks.SelectMany(t => CheckTask(contents, t.Key, t.Value, afterCut)),
        .. contents.Leases.SelectMany(l => CheckLease(contents, l.Key, l.Value, afterCut)),
        .. contents.Lanes.SelectMany(l => CheckLane(contents, l.Key.Queue, l.Key.Lane, l.Value)),
        .. contents.Due.SelectMany(d => CheckDue(contents, d.Key, d.Value)),
        .. CheckBuckets(contents),
        .. CheckTrials(contents),
        .. contents.Tasks.SelectMany(t => CheckTerms(contents, t.Key, t.Value)),
        .. contents.Shut.SelectMany(q => CheckShut(contents, q.Key, q.Value)),
        .. contents.Leases.SelectMany(l => CheckPermits(contents, l.Key, l.Value, afterCut)),
    ];

    private static IEnumerable<string> CheckTask(Contents contents, string id, StoredTask task, bool afterCut)
    {
        if (task.Line is not { } line)
        {
            if (!task.Fields.SetEquals(["x"]))
            {
                yield return $"task {id} has no state and is no tombstone: {string.Join(' ', task.Fields)}";
            }
            else if (task.TimeToLive is null && !afterCut)
            {
                yield return $"the tombstone of {id} has no end";
            }

            yield break;
        }

        if (task.TimeToLive is not null || (task.Fields.Contains("x") && !afterCut) || task.Fields.Contains("d") == task.Fields.Contains("b"))
        {
            yield return $"the record of {id} has fields {string.Join(' ', task.Fields)} and an end in {task.TimeToLive}";
        }

        if (line.Place > contents.Sequence || line.Issued >= LargestExact || line.Applied > line.Issued)
        {
            yield return $"the numbers of {id} can't be: {line}";
        }

        if (line.IsFinal && !contents.BucketIndex.Where(i => i.Key[0] == line.Code).SelectMany(i => i.Value.Keys).Any(b => IsBucketOf(line, b) && contents.Buckets.GetValueOrDefault(b, []).Contains(id)))
        {
            yield return $"{id} is final and in no bucket";
        }

        if (!line.IsFinal && !contents.Leases.ContainsKey(id) && !Waits(contents, id, line))
        {
            yield return $"{id} is lost: {line}";
        }

        var list = (line.Place >> 10).ToString(CultureInfo.InvariantCulture);
        if (!contents.Lists.GetValueOrDefault(list, []).Contains(id) || !contents.ListIndex.ContainsKey(list))
        {
            yield return $"{id} is in no list: {line}";
        }

        if (line.Code == 'R' && !contents.Retrying.ContainsKey(id))
        {
            yield return $"{id} waits for another attempt and is not in the index: {line}";
        }

        if (!line.IsFinal && !contents.Queues.Contains(line.Queue))
        {
            yield return $"{id} is in queue {line.Queue}, which is not in the index";
        }
    }

    private static bool IsBucketOf(StateLine line, string bucket) => bucket[0] == line.Code && bucket.Split(':')[1] == line.Queue;

    private static bool Waits(Contents contents, string id, StateLine line) =>
        contents.Due.GetValueOrDefault(line.Queue, []).ContainsKey(id)
        || contents.Lanes.GetValueOrDefault((line.Queue, LaneOf(line)), []).ContainsKey(id);

    private static string LaneOf(StateLine line) => $"{line.Priority}:{(line.Crashes >= 2 ? "!" : "")}{line.Lane}";

    private static IEnumerable<string> CheckLease(Contents contents, string id, LeaseLine lease, bool afterCut)
    {
        if (contents.Tasks.GetValueOrDefault(id)?.Line is not { } line)
        {
            yield return $"the lease of {id} has no record";
        }
        else if (!afterCut && (line.IsFinal || lease.Token <= line.Issued))
        {
            yield return $"the lease of {id} is left over: {lease} of {line}";
        }
        else if (!line.IsFinal && lease.Token > line.Issued && lease.Attempt != line.Attempt + 1)
        {
            yield return $"the lease of {id} is for attempt {lease.Attempt} after {line.Attempt}";
        }
    }

    private static IEnumerable<string> CheckLane(Contents contents, string queue, string lane, Dictionary<string, double> entries)
    {
        var announced = contents.Open.GetValueOrDefault(queue, []);
        var score = ((9 - (lane[0] - '0')) * ScorePerPriority) + entries.Values.Min();
        if (contents.Shut.GetValueOrDefault(queue, []).ContainsKey(lane))
        {
            yield break;
        }

        if (!announced.TryGetValue(lane, out var found) || (found > score && !contents.FairQueues.Contains(queue)))
        {
            yield return $"lane {lane} of {queue} has its head at {score:F0} and is announced at {found:F0}";
        }

        foreach (var (id, place) in entries)
        {
            if (contents.Tasks.GetValueOrDefault(id)?.Line is { IsFinal: false } line && line.Queue == queue && LaneOf(line) == lane && line.Place != (long)place)
            {
                yield return $"{id} has place {line.Place} and lies at {place:F0}";
            }
        }
    }

    private static IEnumerable<string> CheckDue(Contents contents, string queue, Dictionary<string, double> entries)
    {
        foreach (var (id, due) in entries)
        {
            if (contents.Tasks.GetValueOrDefault(id)?.Line is { IsFinal: false } line && line.Queue == queue
                && !contents.Leases.ContainsKey(id) && !contents.Lanes.GetValueOrDefault((queue, LaneOf(line)), []).ContainsKey(id) && due > line.Due)
            {
                yield return $"{id} is due at {line.Due} and would be found at {due:F0}";
            }
        }
    }

    private static IEnumerable<string> CheckBuckets(Contents contents)
    {
        foreach (var (bucket, ids) in contents.Buckets)
        {
            if (!contents.BucketIndex.GetValueOrDefault(bucket.Split(':')[0], []).ContainsKey(bucket))
            {
                yield return $"bucket {bucket} is not in the index";
            }

            // A cut may come between the last entry and the next bucket.
            if (ids.Length > BucketSize + 1)
            {
                yield return $"bucket {bucket} has {ids.Length} entries";
            }
        }

        foreach (var (field, current) in contents.CurrentBuckets)
        {
            if (!contents.BucketIndex.GetValueOrDefault(field.Split(':')[0], []).ContainsKey($"{field}:{current.Split(' ')[0]}"))
            {
                yield return $"bucket {current} of {field} is being filled and not in the index";
            }
        }
    }

    private static IEnumerable<string> CheckTrials(Contents contents)
    {
        // A silo may have two that were none to its knowledge.
        foreach (var (id, lease) in contents.HasLostWrites ? [] : contents.Leases)
        {
            if (contents.Tasks.GetValueOrDefault(id)?.Line is { IsFinal: false, Crashes: >= 2 } line && lease.Token > line.Issued
                && contents.Trials.GetValueOrDefault(lease.Silo) != id)
            {
                yield return $"{id} is a suspect and runs at {lease.Silo}, whose trial is {contents.Trials.GetValueOrDefault(lease.Silo)}";
            }
        }
    }

    /// <summary>What a task with terms is found by, as long as it is not final.</summary>
    private static IEnumerable<string> CheckTerms(Contents contents, string id, StoredTask task)
    {
        if (task.Line is not { } line || line.Flags.IndexOfAny(['x', 'k', 'u', 'g']) < 0)
        {
            yield break;
        }

        if (task.Terms?.Split(' ') is not { Length: 7 } terms)
        {
            yield return $"{id} has flags {line.Flags} and terms {task.Terms}";
            yield break;
        }

        var instants = new[] { line.Attempt > 0 || line.Flags.Contains('s') ? 0 : long.Parse(terms[0]), long.Parse(terms[1]) }.Where(i => i > 0).ToArray();
        if (!line.IsFinal && instants.Length > 0 && !contents.Until.ContainsKey(id))
        {
            yield return $"{id} has terms {task.Terms} and is not in the index of instants";
        }

        foreach (var tag in terms[6].Split(',').Where(t => t != "-" && !line.IsFinal && !contents.Tagged.GetValueOrDefault(t, []).ContainsKey(id)))
        {
            yield return $"{id} is not found by its tag {tag}";
        }
    }

    /// <summary>A lane that waits for a limit is looked at again.</summary>
    private static IEnumerable<string> CheckShut(Contents contents, string queue, Dictionary<string, string> lanes)
    {
        foreach (var (lane, scope) in lanes)
        {
            if (!contents.ShutBy.GetValueOrDefault(scope, []).ContainsKey($"{queue} {lane}"))
            {
                yield return $"lane {lane} of {queue} waits for {scope}, which does not know of it";
            }

            if (!contents.Waits.GetValueOrDefault(queue, []).ContainsKey(scope))
            {
                yield return $"lane {lane} of {queue} waits for {scope}, which {queue} does not look at again";
            }
        }
    }

    /// <summary>A lease is counted where it says so; what is counted and not leased is mended later.</summary>
    private static IEnumerable<string> CheckPermits(Contents contents, string id, LeaseLine lease, bool afterCut)
    {
        if (contents.Tasks.GetValueOrDefault(id)?.Line is not { } line || (afterCut && (line.IsFinal || lease.Token <= line.Issued)))
        {
            yield break;
        }

        var words = line.Lane.Split(':');
        foreach (var letter in lease.Permits.Where(c => c != '-'))
        {
            var scope = letter switch
            {
                'q' => $"q:{line.Queue}",
                'n' => $"n:{line.Queue}:{words[0]}",
                'k' => $"k:{line.Queue}:{words[1]}",
                _ => $"N:{words[0]}",
            };
            if (!contents.Holds.GetValueOrDefault(scope, []).Contains(id))
            {
                yield return $"{id} is leased with a permit of {scope}, which does not count it";
            }
        }
    }
}
