using TaskGrid.Storage;
using TaskGrid.Store.Model;
using TaskGrid.Tasks;

namespace TaskGrid.Simulation;

/// <summary>An answer of the store, or that none came: what was asked may have been carried out.</summary>
internal readonly record struct Answer<T>(bool Came, T Value);

/// <summary>
/// The store: the model that the scripts are held to, behind a network. Each operation is one step; its call or its answer may be
/// slow or lost.
/// </summary>
internal sealed partial class SimStore(World world, Weather weather, Witness witness)
{
    private const double CallTimeout = 5000;
    private readonly List<string> _woken = [];
    private GridModel? _onDisk;
    private int _processes;
    private long _standsStillUntil;

    public GridModel Model { get; private set; } = new();

    public bool IsDown { get; set; }

    /// <summary>What is written by now survives a crash.</summary>
    public void Sync() => _onDisk = Model.Copy();

    /// <summary>It has crashed, and is what it had on disk.</summary>
    public void GoBack()
    {
        if (_onDisk is not null)
        {
            world.Tell($"the store goes back from {Model.Sequence} to {_onDisk.Sequence}");
            Model = _onDisk.Copy();
            Model.Process = ++_processes;
            witness.WentBack(Model);
        }
    }

    /// <summary>Whether a crash would take it that a silo has come.</summary>
    public bool IsNews(SimSilo silo) => _onDisk is not null && !_onDisk.Beats.ContainsKey(silo.Incarnation.Id);

    /// <summary>It is another process, and has lost nothing.</summary>
    public void Restart()
    {
        world.Tell($"the store is started anew");
        Model.Process = ++_processes;
    }

    /// <summary>It does nothing for a while, and then all that has come meanwhile, whether anybody still waits for it or not.</summary>
    public void StandStill(double milliseconds)
    {
        world.Tell($"the store stands still for {milliseconds:0} ms");
        _standsStillUntil = world.Now + (long)(milliseconds * 1000);
    }

    /// <summary>Takes a task in: its own id, or that of the one that stands for it.</summary>
    public Task<Answer<string>> AcceptAsync(SimSilo from, TaskPlan plan) => WriteAsync(from, () =>
    {
        if (Model.Tasks.ContainsKey(plan.Id) && !world.Has(PlantedBug.AcceptedAnew))
        {
            return plan.Id;
        }

        var now = Model.Now;
        var before = Model.Tasks.GetValueOrDefault(plan.Id);
        var task = new ModelTask(plan.Id)
        {
            Queue = plan.Queue, Name = "work", Key = plan.Key, OwnLimit = plan.KeyLimit, Priority = plan.IsUrgent ? 8 : 4, Place = Model.Sequence, Created = now,
            Due = plan.Delay > 0 ? now + (long)plan.Delay : 0, Expires = plan.Expires > 0 ? now + (long)plan.Expires : 0,
            Deadline = plan.Deadline > 0 ? now + (long)plan.Deadline : 0, AtMostOnce = plan.AtMostOnce,
            Deduplication = plan.UniqueKey is { } key && !world.Has(PlantedBug.UniqueNotChecked) ? Deduplication.Unique(key) : null,
        };
        if (Model.Accept(task) is { } other)
        {
            world.Tell($"store: {other.Id} stands for {plan.Id}");
            return other.Id;
        }

        world.Tell($"store: accepts {plan}");
        witness.Accepted(task, Model);
        if (before is not null)
        {
            witness.CheckMove(task, StateOf(before), StateOf(task));
        }

        return plan.Id;
    });

    public Task<Answer<(CancelOutcome Outcome, string? Silo)>> CancelAsync(SimSilo from, string id) => WriteAsync(from, () =>
    {
        witness.CancelAsked(id);
        if (world.Has(PlantedBug.CancelNotStored) && Model.Tasks.GetValueOrDefault(id) is { Token: not null } running)
        {
            return (CancelOutcome.Requested, running.Silo);
        }

        var told = Touch(id, () => Model.Cancel(id));
        world.Tell($"store: cancel of {id}: {told.Outcome}");
        return told;
    });

    public Task<Answer<bool>> HandBackAsync(SimSilo from, string id, long token, bool begun) => WriteAsync(from, () =>
    {
        if (world.Has(PlantedBug.CancelForgotten) && Model.Tasks.GetValueOrDefault(id) is { } task)
        {
            task.CancelRequested = false;
        }

        var done = Touch(id, () => Model.HandBack(id, TokenOf(id, token), begun));
        world.Tell($"store: {id} comes back from {from}{(begun ? " begun" : "")}: {(done ? "ok" : "stale")}");
        return done;
    });

    public async Task<Answer<char?>> FinishAsync(SimSilo from, string id, long token, Verdict verdict)
    {
        var answer = await WriteAsync(from, () =>
        {
            var code = Finish(from, id, token, verdict);
            return (Code: code, MayBeLost: code is null && !Model.LivesOn());
        });
        return answer is { Came: true, Value.MayBeLost: false } ? new(true, answer.Value.Code) : default;
    }

    private char? Finish(SimSilo from, string id, long token, Verdict verdict)
    {
        var (outcome, delay) = verdict switch
        {
            Verdict.Succeed => ('S', 0),
            Verdict.Fail => ('F', 0),
            Verdict.Cancel => ('C', 0),
            Verdict.Retry retry => ('R', (long)retry.Delay.TotalMilliseconds),
            Verdict.Snooze snooze => ('Z', (long)snooze.Delay.TotalMilliseconds),
            _ => throw new InvalidOperationException($"{verdict} is not stored."),
        };
        var was = Model.Tasks.GetValueOrDefault(id)?.Token;
        if (outcome == 'R' && world.Has(PlantedBug.RetriedThoughCancelled) && Model.Tasks.GetValueOrDefault(id) is { } wanted)
        {
            wanted.CancelRequested = false;
        }

        var code = Touch(id, () => Model.Finish(id, TokenOf(id, token), outcome, delay));
        world.Tell($"store: outcome {outcome} of {id} from {from}: {code?.ToString() ?? "stale"}");
        if (code is not null && was is not null && Model.Tasks[id].Token is null)
        {
            if (outcome == 'R' && world.Has(PlantedBug.AttemptsNotCounted))
            {
                Model.Tasks[id].Attempt--;
            }

            witness.Finished(Model.Tasks[id], token, outcome);
        }

        return code;
    }

    public Task<Answer<bool>> ExpireAsync(SimSilo from) => WriteAsync(from, () =>
    {
        Model.Expire();
        return true;
    });

    public Task<Answer<Survey>> SurveyAsync(SimSilo from, IReadOnlyList<string> queues) => ReadAsync(from, () => new Survey(
        Model.AnyOverdue, [.. queues.Select(q => new QueueWork(q, Model.IsReady(q), In(Model.LookAgainIn(q)))).Where(w => w.IsReady || w.LookAgainIn is not null)]));

    /// <summary>Reads what only costs time.</summary>
    public Task<Answer<bool>> ReadAsync(SimSilo from) => ReadAsync(from, () => true);

    private T Touch<T>(string id, Func<T> operation)
    {
        if (Model.Tasks.GetValueOrDefault(id) is not { } task)
        {
            return operation();
        }

        var (before, permits, trialAt) = (StateOf(task), task.Permits, task.IsTrial ? task.Silo : null);
        var done = operation();
        witness.CheckMove(task, before, StateOf(task));
        if (permits.Count > 0 && task.Token is null)
        {
            _woken.AddRange(Model.WaitingFor(permits));
        }

        if (trialAt is not null && !task.IsTrial && Model.TurnGivenNow(trialAt) is { } next)
        {
            _woken.Add(next);
        }

        if (task.Waits && task.Due <= Model.Now)
        {
            _woken.Add(task.Queue);
        }

        return done;
    }

    private long TokenOf(string id, long token) => world.Has(PlantedBug.NoTokenCheck) ? Model.Tasks.GetValueOrDefault(id)?.Token ?? token : token;

    private TaskState StateOf(ModelTask task) => task.Code switch
    {
        'S' => TaskState.Succeeded,
        'F' => TaskState.Failed,
        'C' => TaskState.Cancelled,
        _ when task.Token is not null => TaskState.Running,
        'R' => TaskState.Retrying,
        _ => task.Due > Model.Now ? TaskState.Scheduled : TaskState.Queued,
    };

    private static TimeSpan? In(long? milliseconds) => milliseconds is { } given ? TimeSpan.FromMilliseconds(given) : null;

    private Task<Answer<T>> WriteAsync<T>(SimSilo from, Func<T> operation) => CallAsync(from, draws: true, isRecovery: false, operation);

    private Task<Answer<T>> ReadAsync<T>(SimSilo from, Func<T> operation) => CallAsync(from, draws: false, isRecovery: false, operation);

    private Task<Answer<T>> CallAsync<T>(SimSilo from, bool draws, bool isRecovery, Func<T> operation)
    {
        var (seen, life) = (from.Seen, from.Life);
        if (from.HasLeasesInDoubt && !isRecovery)
        {
            return Task.FromResult<Answer<T>>(default);
        }

        var answer = new TaskCompletionSource<Answer<T>>();
        var (there, back) = (weather.StoreWay(), weather.StoreWay());
        if (weather.Loses())
        {
            Fail();
            return answer.Task;
        }

        if (there + back > CallTimeout)
        {
            from.After(CallTimeout, () => answer.TrySetResult(default));
        }

        var sentAt = world.Now;
        world.After(there, Arrive);
        return answer.Task;

        void Arrive()
        {
            if (_standsStillUntil > world.Now)
            {
                from.After(CallTimeout - ((world.Now - sentAt) / 1000d), () => answer.TrySetResult(default));
                world.After((_standsStillUntil - world.Now) / 1000d, Arrive);
                return;
            }

            if (IsDown || from.IsCutFromStore)
            {
                Fail();
                return;
            }

            Model.Now = world.StoreNow;
            if (!isRecovery && (Model.Sequence < seen || (Model.Life != life && !world.Has(PlantedBug.LifeNotCompared))))
            {
                from.After(back, () =>
                {
                    from.Doubt();
                    answer.TrySetResult(default);
                });
                return;
            }

            Model.Sequence += draws ? 1 : 0;
            _woken.Clear();
            var value = operation();
            if (!isRecovery)
            {
                witness.Served(from);
            }

            if (weather.Loses())
            {
                Fail();
                return;
            }

            var (sequence, woken) = (Model.Sequence, _woken.Count > 0 ? _woken.ToArray() : []);
            world.After(back, () =>
            {
                if (from.IsCutFromStore)
                {
                    Fail();
                    return;
                }

                from.Do(() =>
                {
                    if (!answer.Task.IsCompleted)
                    {
                        from.See(sequence, woken);
                        answer.TrySetResult(new(true, value));
                    }
                });
            });
        }

        // A connection that breaks is noticed at once; one that is silent, by the call's timeout.
        void Fail() => from.After(world.Chance(0.5) ? world.Between(1, 50) : CallTimeout, () => answer.TrySetResult(default));
    }
}
