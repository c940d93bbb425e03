namespace TaskGrid.Store.Model;

/// <summary>What a lease takes, and what there is beside.</summary>
/// <param name="Taken">In its order.</param>
/// <param name="NeedsSlot">Whether what comes next has to begin at once, and there is no slot for it.</param>
/// <param name="More">Whether there may be more that is ready.</param>
internal sealed record ModelLease(List<ModelTask> Taken, bool NeedsSlot = false, bool More = false);

/// <summary>
/// The rules of order, limits, expiry and uniqueness, written down plainly and without regard to cost: every lease goes through all tasks.
/// What the scripts do has to be the same.
/// </summary>
internal sealed partial class GridModel
{
    private const double Slack = 0.25;

    private Dictionary<string, (double Used, double Last)> _rates = [];
    private Dictionary<(string Name, string Key), ModelTask> _standing = [];

    public Dictionary<string, ModelTask> Tasks { get; private init; } = [];

    public Dictionary<string, QueueSettings> Queues { get; private init; } = [];

    public HashSet<string> Paused { get; private init; } = [];

    /// <summary>By task name: what it is limited to in the whole grid.</summary>
    public Dictionary<string, Limits> InGrid { get; private init; } = [];

    public long Now { get; set; }

    /// <summary>Takes a task in, in the place of another one that has not begun if it asks for that; returns the one that stands for it instead, if one does.</summary>
    public ModelTask? Accept(ModelTask task)
    {
        if (task.Deduplication is { } dedup)
        {
            var other = _standing.GetValueOrDefault((task.Name, dedup.Key));
            var unfinished = other is { Ended: null };
            if (dedup.Mode == DeduplicationMode.Throttle ? other is not null : dedup.Mode == DeduplicationMode.Unique && unfinished)
            {
                return other;
            }

            if (dedup.Mode is DeduplicationMode.Debounce or DeduplicationMode.KeepLast && unfinished && other is { Attempt: 0, Token: null })
            {
                other.Ended = 'C';
            }

            _standing[(task.Name, dedup.Key)] = task;
        }

        Tasks[task.Id] = task;
        return null;
    }

    /// <summary>A task that runs again by hand stands for its key again, unless another one does by now.</summary>
    public void RunAgain(ModelTask task, long place)
    {
        (task.Ended, task.CancelRequested, task.Due, task.Expires, task.Deadline, task.Place) = (null, false, Now, 0, 0, place);
        (task.Retries, task.Crashes, task.Forgiven) = (false, 0, task.Attempt);
        if (task.Deduplication is { Mode: not DeduplicationMode.Throttle } dedup && _standing.GetValueOrDefault((task.Name, dedup.Key)) is null or { Ended: not null })
        {
            _standing[(task.Name, dedup.Key)] = task;
        }
    }

    /// <summary>What a lease takes.</summary>
    public ModelLease Lease(string queue, string silo, IReadOnlySet<string> names, int max, int idle, long ahead)
    {
        var taken = new List<ModelTask>();
        var open = new HashSet<string>();
        var more = false;
        if (Paused.Contains(queue))
        {
            return new(taken);
        }

        foreach (var task in Ready(queue))
        {
            if (taken.Count >= max)
            {
                return new(taken, More: true);
            }

            if (task.FateAt(Now) is not null)
            {
                continue;
            }

            if (!names.Contains(task.Name))
            {
                more = true;
                continue;
            }

            var limits = LimitsOf(task).ToList();
            if (limits.Any(l => RoomIn(l.Scope, l.Limits, ahead, open) < 1))
            {
                continue;
            }

            if (task.IsSuspect && (HasTrial(silo) || (_turns.TryGetValue(silo, out var turn) && turn.Queue != queue && turn.Until > Now)))
            {
                WaitForTrial(silo, queue);
                more = true;
                continue;
            }

            if (limits.Count > 0 && taken.Count >= idle)
            {
                // It has to begin at once, and nothing that comes after it takes its slot.
                return new(taken, NeedsSlot: true, More: true);
            }

            var rates = limits.Where(l => l.Limits.Rate is not null).Select(l => (l.Scope, Rate: l.Limits.Rate!)).ToList();
            var at = rates.Select(r => Used(r.Scope, r.Rate) + Interval(r.Rate)).Append(Now * 1000d).Max();
            task.StartsAt = (long)Math.Ceiling(at / 1000);
            foreach (var (scope, rate) in rates)
            {
                _rates[scope] = (Math.Max(Used(scope, rate), at - Bucket(rate)) + Interval(rate), at);
            }

            // All tasks of a key count, whether they ask for a limit or not.
            task.Permits = [.. limits.Where(l => l.Limits.Concurrency is not null).Select(l => l.Scope).Union(task.Key is { } key ? [$"key {queue} {key}"] : [])];
            Grant(task, silo);
            taken.Add(task);
        }

        return new(taken, More: more);
    }

    /// <summary>What is ready in a queue, in the order of its turn.</summary>
    private List<ModelTask> Ready(string queue)
    {
        var ready = Tasks.Values.Where(t => t.Queue == queue && t.Waits && t.Due <= Now).ToList();
        ready.Sort(static (a, b) => a.Priority != b.Priority ? b.Priority.CompareTo(a.Priority) : a.Place.CompareTo(b.Place));
        return ready;
    }

    /// <summary>Sets a queue's settings: tasks that run already are counted in its new limits.</summary>
    public void Configure(string queue, QueueSettings settings)
    {
        Queues[queue] = settings;
        foreach (var task in Tasks.Values.Where(t => t.Queue == queue && t.Token is not null))
        {
            task.Permits = [.. task.Permits.Union(ConfiguredFor(task).Where(l => l.Limits.Concurrency is not null).Select(l => l.Scope))];
        }
    }

    /// <summary>A lease was given back before its code began: it was no start, which makes room unless later ones have been given out.</summary>
    public void ReturnStarts(ModelTask task)
    {
        foreach (var (scope, limits) in LimitsOf(task).Where(l => l.Limits.Rate is not null && _rates.ContainsKey(l.Scope)))
        {
            var (rate, last) = (limits.Rate!, _rates[scope].Last);
            if (task.StartsAt >= Math.Ceiling(last / 1000))
            {
                _rates[scope] = (Used(scope, rate) - Interval(rate), last);
            }
        }
    }

    /// <summary>Ends what waits and whose time is over.</summary>
    public void Expire()
    {
        foreach (var task in Tasks.Values.Where(t => t.Waits && t.FateAt(Now) is not null))
        {
            task.Ended = task.FateAt(Now);
        }
    }

    private IEnumerable<(string Scope, Limits Limits)> LimitsOf(ModelTask task) =>
        ConfiguredFor(task).Concat(InGrid.TryGetValue(task.Name, out var grid) ? [($"grid {task.Name}", grid)] : []);

    private IEnumerable<(string Scope, Limits Limits)> ConfiguredFor(ModelTask task)
    {
        var settings = Queues.GetValueOrDefault(task.Queue) ?? new();
        if (settings.Limits is { } whole)
        {
            yield return ($"queue {task.Queue}", whole);
        }

        if (settings.TaskLimits?.GetValueOrDefault(task.Name) is { } name)
        {
            yield return ($"name {task.Queue} {task.Name}", name);
        }

        if (task.Key is { } key)
        {
            var limit = settings.KeyLimits?.GetValueOrDefault(key) ?? (task.OwnLimit is { } own ? new(own) : settings.EachKeyLimits);
            if (limit is not null)
            {
                yield return ($"key {task.Queue} {key}", limit);
            }
        }
    }

    private double RoomIn(string scope, Limits limits, long ahead, HashSet<string> open)
    {
        var room = limits.Concurrency is { } most ? most - Tasks.Values.Count(t => t.Token is not null && t.Permits.Contains(scope)) : double.MaxValue;
        if (limits.Rate is not { } rate || room < 1)
        {
            return room;
        }

        // Handed out when half of the time is left, and then all that are within the whole of it.
        var used = Used(scope, rate);
        var isOpen = open.Contains(scope) || (used + Interval(rate) <= (Now + (ahead / 2d)) * 1000 && open.Add(scope));
        return isOpen ? Math.Min(room, Math.Floor((((Now + ahead) * 1000d) - used) / Interval(rate))) : 0;
    }

    private double Used(string scope, RateLimit rate) => _rates.TryGetValue(scope, out var known)
        ? Math.Max(known.Used, (Now * 1000d) - Bucket(rate))
        : (Now * 1000d) - (rate.Burst * Interval(rate));

    private static double Bucket(RateLimit rate) => (rate.Burst + Slack) * Interval(rate);

    private static double Interval(RateLimit rate) => rate.Period.TotalMicroseconds / rate.Count;
}
