using System.Globalization;

namespace TaskGrid.Store.Model;

/// <summary>The rules of silos, dispatchers and of what the store has lost.</summary>
internal sealed partial class GridModel
{
    private Dictionary<string, long> _dispatchers = [];

    /// <summary>The process that answers.</summary>
    public int Process { get; set; }

    /// <summary>Since when the store has lost nothing, as far as it knows: a process, and a number.</summary>
    public (int Process, long Since) Life { get; private set; }

    /// <summary>Whether its life goes on. If not a new one begins, in which every silo has to offer its leases again.</summary>
    public bool LivesOn()
    {
        var goesOn = Life.Process == Process;
        Life = goesOn ? Life : (Process, Sequence);
        return goesOn;
    }

    /// <summary>The last beat of each silo, with <c>dead</c> before that of one that was declared so.</summary>
    public Dictionary<string, string> Beats { get; private init; } = [];

    /// <summary>Grows with all that changes.</summary>
    public long Sequence { get; set; }

    public bool IsDead(string silo) => !Beats.TryGetValue(silo, out var beat) || beat.StartsWith("dead", StringComparison.Ordinal);

    /// <summary>Ends the beat of a silo that is known by its leases alone, and has to register again.</summary>
    public const string Unregistered = "-";

    /// <summary>When a silo that is not dead has beaten.</summary>
    public static long InstantOf(string beat) => long.Parse(beat.Split(' ')[0], CultureInfo.InvariantCulture);

    public bool IsUnregistered(string silo) => Beats.TryGetValue(silo, out var beat) && !IsDead(silo) && beat.EndsWith(Unregistered, StringComparison.Ordinal);

    /// <summary>A silo takes part, by a name that it has not had before.</summary>
    public void Register(string silo) => Beats[silo] = $"{Now}";

    /// <summary>A silo says that it lives; false when it does not any more, or is not registered.</summary>
    public bool Beat(string silo)
    {
        if (IsDead(silo) || IsUnregistered(silo))
        {
            return false;
        }

        Beats[silo] = $"{Now}";
        return true;
    }

    /// <summary>Declares a silo dead unless it has beaten since.</summary>
    public bool Bury(string silo, string seen)
    {
        if (IsDead(silo))
        {
            return true;
        }

        if (Beats[silo] != seen)
        {
            return false;
        }

        Beats[silo] = $"dead {seen}";
        return true;
    }

    /// <summary>Takes a silo off the list, if it has no leases.</summary>
    public bool Leave(string silo)
    {
        if (Tasks.Values.Any(t => t.Token is not null && t.Silo == silo))
        {
            return false;
        }

        _trialLines.Remove(silo);
        _turns.Remove(silo);
        Beats.Remove(silo);
        return true;
    }

    /// <summary>The leases of a silo, or of all that are dead.</summary>
    public IEnumerable<ModelTask> LeasesOf(string? silo) => Tasks.Values.Where(t => t.Token is not null && (silo is null ? IsDead(t.Silo) : t.Silo == silo));

    /// <summary>Makes the caller the dispatcher of a queue.</summary>
    public long Open(string queue) => _dispatchers[queue] = _dispatchers.GetValueOrDefault(queue) + 1;

    public bool IsSuperseded(string queue, long epoch) => _dispatchers.GetValueOrDefault(queue) != epoch;

    /// <summary>After lost writes: counts on from what was seen.</summary>
    public void Advance(long seen)
    {
        LivesOn();
        if (Sequence < seen)
        {
            (Life, Sequence) = ((Process, seen + 1), seen + 1);
        }
    }

    /// <summary>Whether anything is to have started, or ended, by now.</summary>
    public bool AnyOverdue => Tasks.Values.Any(t => t.Waits && t.FateAt(Now) is not null);

    /// <summary>Whether something in a queue is ready that no limit keeps back.</summary>
    public bool IsReady(string queue) =>
        Tasks.Values.Any(t => t.Queue == queue && t.Waits && t.Due <= Now && LimitsOf(t).All(l => RoomIn(l.Scope, l.Limits, 0, []) >= 1));

    /// <summary>Milliseconds until a queue has to be looked at again, if ever.</summary>
    public long? LookAgainIn(string queue)
    {
        long? soonest = null;
        foreach (var task in Tasks.Values.Where(t => t.Queue == queue && t.Waits))
        {
            // What a limit keeps back is looked at again after a while, should the news of its room be lost.
            var wait = task.Due > Now ? task.Due - Now : LimitsOf(task).Any(l => RoomIn(l.Scope, l.Limits, 0, []) < 1) ? 5000 : (long?)null;
            soonest = wait < soonest || soonest is null ? wait ?? soonest : soonest;
        }

        return soonest;
    }

    /// <summary>The queues in which something waits for one of some scopes.</summary>
    public IEnumerable<string> WaitingFor(IReadOnlyCollection<string> scopes) =>
        Tasks.Values.Where(t => t.Waits && t.Due <= Now && LimitsOf(t).Any(l => scopes.Contains(l.Scope))).Select(t => t.Queue).Distinct();

    /// <summary>As it stands now, for a store that goes back to it.</summary>
    public GridModel Copy()
    {
        var tasks = Tasks.ToDictionary(t => t.Key, t => t.Value.Copy());
        return new()
        {
            Tasks = tasks, Queues = new(Queues), Paused = [.. Paused], InGrid = new(InGrid), Beats = new(Beats), Now = Now, Sequence = Sequence,
            _rates = new(_rates), _dispatchers = new(_dispatchers), Process = Process, Life = Life, _measured = [.. _measured],
            _turns = new(_turns),
            _trialLines = _trialLines.ToDictionary(l => l.Key, l => l.Value.ToList()),
            _standing = _standing.ToDictionary(s => s.Key, s => tasks.GetValueOrDefault(s.Value.Id) ?? s.Value.Copy()),
        };
    }
}
