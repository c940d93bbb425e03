using TaskGrid.Store.Model;
using TaskGrid.Tasks;

namespace TaskGrid.Simulation;

/// <summary>Sees all that happens in a history, and says when something must not be. It knows what was promised to whom, and asks no part of the engine.</summary>
internal sealed class Witness(World world)
{
    // For so many ms after its last beat a silo may begin what it holds.
    private const long LongestTrust = 4000;

    // What a silo that has stood still needs to see that its time is over, and its code to end.
    private const long AwakeningMicroseconds = 1_500_000;

    // For so many ms a silo need not be heard.
    private const long LongestSilence = 6000;

    private readonly Dictionary<string, Tale> _tales = [];
    private readonly Dictionary<string, long> _epochs = [];
    private readonly Dictionary<string, int> _queueLimits = [];
    private bool _writesAreLost;
    private bool _leasesAgain;

    public void Expect(TaskPlan plan) => _tales[plan.Id] = new(plan);

    public void ExpectLimit(string queue, int limit) => _queueLimits[queue] = limit;

    /// <summary>How often code of a task has begun.</summary>
    public int RunsOf(string id) => _tales[id].Runs;

    /// <summary>A submit is answered: with the task, or the one that stands for it.</summary>
    public void Acknowledged(TaskPlan plan, string id)
    {
        _tales[plan.Id].IsAnswered = true;
        _tales[id].IsPromised = !_tales[id].WasLost;
    }

    public void CancelAcknowledged(string id) => _tales[id].IsCancelled = true;

    /// <summary>A store has gone back: what it does not know any more is lost, which it had not promised to keep.</summary>
    public void WentBack(GridModel model)
    {
        _writesAreLost = true;
        foreach (var tale in _tales.Values.Where(t => !model.Tasks.ContainsKey(t.Plan.Id)))
        {
            (tale.IsPromised, tale.WasLost) = (false, true);
        }

        foreach (var run in _tales.Values.SelectMany(t => t.Live))
        {
            (run.IsOfferedAgain, run.IsInDoubt) = (false, true);
        }

        _leasesAgain = false;
    }

    /// <summary>A store that has gone back and leases again, maybe what runs already, answers nobody who has not offered what it runs.</summary>
    public void Served(SimSilo silo)
    {
        if (_leasesAgain && _tales.Values.SelectMany(t => t.Live).FirstOrDefault(r => r is { IsInDoubt: true, IsLeaked: false } && r.Silo == silo) is { } run)
        {
            world.Break($"{silo} is answered by a store that may have lost the lease of {run.Plan.Id}, which it has not offered again");
        }
    }

    /// <summary>A silo has offered what it runs, and the store has it no more.</summary>
    public void Refused(SimLease lease) => Settle(lease);

    /// <summary>A silo that has seen that the store went back has told it what runs, and the store agreed.</summary>
    public void OfferedAgain(SimLease lease)
    {
        foreach (var run in _tales[lease.Id].Live.Where(r => r.Attempt.Lease.Token == lease.Token))
        {
            run.IsOfferedAgain = true;
        }

        Settle(lease);
    }

    public void Accepted(ModelTask task, GridModel model)
    {
        _tales[task.Id].WasLost = false;
        var unique = _tales[task.Id].Plan.UniqueKey;
        if (unique is not null && model.Tasks.Values.Count(t => t.Ended is null && _tales[t.Id].Plan.UniqueKey == unique) > 1)
        {
            world.Break($"{task.Id} is taken in though another task with its unique key has not ended");
        }
    }

    public void Granted(ModelTask task, long epoch)
    {
        _leasesAgain = true;
        var tale = _tales[task.Id];
        if (tale.IsCancelled && !_writesAreLost)
        {
            world.Break($"{task.Id} is leased after its cancel was acknowledged");
        }

        if (task.Token <= tale.LastToken)
        {
            world.Break($"{task.Id} is leased with token {task.Token}, after {tale.LastToken}");
        }

        if (task.FateAt(world.StoreNow) is { } fate)
        {
            world.Break($"{task.Id} is leased when it is '{fate}' by its expiry or deadline");
        }

        if (epoch < _epochs.GetValueOrDefault(task.Queue) && !_writesAreLost)
        {
            world.Break($"{task.Id} is leased by a dispatcher of epoch {epoch} after one of {_epochs[task.Queue]}");
        }

        _epochs[task.Queue] = epoch;
        tale.LastToken = task.Token!.Value;
        CheckMove(task, task.Retries ? TaskState.Retrying : task.Due > world.StoreNow ? TaskState.Scheduled : TaskState.Queued, TaskState.Running);
    }

    public void CheckMove(ModelTask task, TaskState from, TaskState to)
    {
        if (from != to && !TaskLifecycle.CanMove(from, to))
        {
            world.Break($"{task.Id} goes from {from} to {to}");
        }
    }

    /// <summary>The store has taken a silo for dead.</summary>
    public void Buried(string name, string beat)
    {
        if (world.StoreNow - GridModel.InstantOf(beat) is var age && age < LongestSilence)
        {
            world.Break($"{name} is buried {age} ms after its last beat");
        }
    }

    /// <summary>A silo is off the list, or has tried to be.</summary>
    public void Left(string name, GridModel model)
    {
        if (!model.Beats.ContainsKey(name) && model.LeasesOf(name).FirstOrDefault() is { } task)
        {
            world.Break($"{name} has left with the lease of {task.Id}");
        }
    }

    /// <summary>The store has taken an outcome in.</summary>
    public void Finished(ModelTask task, long token, char outcome)
    {
        var tale = _tales[task.Id];
        tale.BegunToken = null;
        if (_writesAreLost)
        {
            return;
        }

        if (token != tale.LastToken)
        {
            world.Break($"an outcome of {task.Id} with token {token} is taken, its last lease has {tale.LastToken}");
        }

        tale.Counted += outcome == 'Z' ? 0 : 1;
        if (tale.Counted > tale.Plan.Settings.MaxAttempts || task.Attempt > tale.Plan.Settings.MaxAttempts)
        {
            world.Break($"{task.Id} has had {tale.Counted} attempts, of {tale.Plan.Settings.MaxAttempts}");
        }
    }

    /// <summary>Code has given its task back: it knows what it has done, and may run again.</summary>
    public void Rejects(string id) => _tales[id].BegunToken = null;

    /// <summary>Code begins.</summary>
    public void Begins(SimRun run, GridModel model)
    {
        if (!_tales.TryGetValue(run.Attempt.Id, out var tale))
        {
            world.Break($"{run.Attempt.Id} begins, and was never submitted");
            return;
        }

        var (id, token) = (run.Attempt.Id, run.Attempt.Lease.Token);
        if (!run.Silo.MayBegin)
        {
            world.Break($"{id} begins on {run.Silo}, which has not been confirmed for too long");
        }

        if (token > tale.LastToken)
        {
            world.Break($"{id} begins before its lease is in the store");
        }

        if (_writesAreLost)
        {
            // A silo that has not seen yet that its lease is lost can't know; one that has offered it again must be left to it.
            if (tale.Live.Find(r => r.IsOfferedAgain && MustHaveEnded(r)) is { } offered)
            {
                world.Break($"{id} begins on {run.Silo} while it runs on {offered.Silo}, which has offered its lease again");
            }

            if (_leasesAgain && run.Silo.Life == model.Life && !run.Silo.HasLeasesInDoubt && !IsExcused(run.Silo) && model.Tasks.GetValueOrDefault(id)?.Token != token)
            {
                world.Break($"{id} begins on {run.Silo}, which has offered all that it holds, with a lease that the store does not have");
            }

            tale.Begin(run);
            return;
        }

        if (!model.Beats.TryGetValue(run.Silo.Incarnation.Id, out var beat) || !long.TryParse(beat, out var beatAt) || world.StoreNow - beatAt > LongestTrust)
        {
            world.Break($"{id} begins on {run.Silo}, whose last beat in the store is '{beat}'");
        }

        if (!IsExcused(run.Silo) && model.Tasks.GetValueOrDefault(id)?.Token != token)
        {
            world.Break($"{id} begins on {run.Silo} with a lease that has ended");
        }

        if (tale.Plan.AtMostOnce && tale.BegunToken is not null)
        {
            world.Break($"{id} is delivered at most once, and begins again after it was interrupted");
        }

        if (tale.Live.Find(MustHaveEnded) is { } other)
        {
            world.Break($"{id} begins on {run.Silo} while it runs on {other.Silo}");
        }

        tale.Begin(run);
        CheckLimits(run);
    }

    public void Ended(SimRun run) => _tales[run.Attempt.Id].Live.Remove(run);

    public void Died(SimSilo silo)
    {
        foreach (var tale in _tales.Values)
        {
            tale.Live.RemoveAll(r => r.Silo == silo);
        }
    }

    /// <summary>Whether all that was promised has come to its end.</summary>
    public bool IsOver(GridModel model)
    {
        foreach (var tale in _tales.Values)
        {
            if (!tale.IsAnswered || (tale.IsPromised && model.Tasks.GetValueOrDefault(tale.Plan.Id) is not { Ended: not null }))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What has not come to its end.</summary>
    public string OpenIn(GridModel model) => string.Join(", ", _tales.Values
        .Where(t => !t.IsAnswered || t.IsPromised)
        .Select(t => (t.Plan.Id, t.IsAnswered, Task: model.Tasks.GetValueOrDefault(t.Plan.Id)))
        .Where(t => !t.IsAnswered || t.Task is not { Ended: not null })
        .Select(t => $"{t.Id} {(t.Task is null ? t.IsAnswered ? "lost" : "never answered" : t.Task.Token is null ? "waits" : $"is held by {t.Task.Silo}")}"));

    /// <summary>What must be so in the end.</summary>
    public void CheckEnd(GridModel model)
    {
        foreach (var tale in _tales.Values.Where(t => t.IsPromised))
        {
            var task = model.Tasks[tale.Plan.Id];
            if (task.Ended == 'S' && tale.Runs == 0)
            {
                world.Break($"{task.Id} has succeeded and never ran");
            }

            if (task.Ended == 'S' && task.Applied != tale.LastToken && !_writesAreLost)
            {
                world.Break($"{task.Id} has the result of token {task.Applied}, its last lease had {tale.LastToken}");
            }

            if (task.Ended == 'C' && !task.CancelRequested && tale is { IsCancelAsked: false, CancelsItself: false, Plan.Expires: 0 })
            {
                world.Break($"{task.Id} is cancelled, and nobody wanted that");
            }

            if (task.Ended == 'C' && !task.CancelRequested && tale is { IsCancelAsked: false, CancelsItself: false, Runs: > 0 } && !_writesAreLost)
            {
                world.Break($"{task.Id} is cancelled as expired, and had started");
            }

            // A process may have died between the note that code begins and its beginning.
            if (task.Ended == 'F' && tale is { Runs: 0, Plan.Deadline: 0, Plan.AtMostOnce: false } && task.Crashes == 0)
            {
                world.Break($"{task.Id} has failed and never ran");
            }
        }
    }

    public void CancelAsked(string id) => _tales[id].IsCancelAsked = true;

    public void CancelsItself(string id) => _tales[id].CancelsItself = true;

    private void Settle(SimLease lease)
    {
        foreach (var run in _tales[lease.Id].Live.Where(r => r.Attempt.Lease.Token == lease.Token))
        {
            run.IsInDoubt = false;
        }
    }

    private void CheckLimits(SimRun run)
    {
        if (run.Plan.KeyLimit is { } limit && Count(r => r.Plan.Key == run.Plan.Key && r.Plan.Queue == run.Plan.Queue) > limit)
        {
            world.Break($"{run.Plan.Id} begins beside more of key {run.Plan.Key} than the {limit} that its limit allows");
        }

        if (_queueLimits.TryGetValue(run.Plan.Queue, out limit) && Count(r => r.Plan.Queue == run.Plan.Queue) > limit)
        {
            world.Break($"{run.Plan.Id} begins beside more of queue {run.Plan.Queue} than the {limit} that its limit allows");
        }
    }

    // Code that does not listen, that has been given up, or whose silo has stood still may run on after its lease.
    private bool MustHaveEnded(SimRun run) => run is { Plan.IsDeaf: false, IsLeaked: false } && !IsExcused(run.Silo);

    private int Count(Func<SimRun, bool> counts) => _tales.Values.Sum(t => t.Live.Count(r => counts(r) && MustHaveEnded(r)));

    private bool IsExcused(SimSilo silo) => silo.IsFrozen || world.Now - silo.FrozenUntil < AwakeningMicroseconds;
}
