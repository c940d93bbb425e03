namespace TaskGrid.Simulation;

/// <summary>What became of a history.</summary>
/// <param name="Broken">What was not as it has to be; <c>null</c> when all was.</param>
/// <param name="Lines">The history, where it was to be told.</param>
internal sealed record HistoryResult(int Seed, string? Broken, int Events, ulong Hash, IReadOnlyList<string> Lines);

/// <summary>One history of a grid: some silos, some tasks, what happens to them for some seconds, and then good weather until all has ended.</summary>
internal sealed class History
{
    // What is still open then will never end: a death is noticed after 7 s, a lost lease after 13, code that runs already takes 15.
    private const double LongestEnd = 120_000;

    // Code that nobody could stop may hold its slot for 15 s.
    private const double LongestProbe = 30_000;
    private const int Probes = 16;

    private readonly World _world;
    private readonly SimGrid _grid;
    private readonly bool _losesWrites;
    private readonly double _turmoil;
    private readonly List<Action> _troubles;

    private History(World world)
    {
        _world = world;
        _losesWrites = world.Chance(0.12);
        _turmoil = world.Between(6000, 18000);
        var witness = new Witness(world);
        var weather = new Weather(world);
        var store = new SimStore(world, weather, witness);
        string[] queues = world.Chance(0.3) ? ["q1", "q2"] : ["q1"];
        _grid = new(world, weather, witness, store, queues, world.One([1, 2, 2, 3, 3]));
        var keyLimits = new Dictionary<string, int>();
        if (world.Chance(0.7))
        {
            keyLimits["x"] = world.Random.Next(1, 3);
        }

        if (world.Chance(0.25))
        {
            var limit = world.Random.Next(1, 4);
            store.Model.Configure("q1", new() { Limits = new(limit) });
            witness.ExpectLimit("q1", limit);
        }

        // Each history has troubles of some kinds only, and tasks of its own kind: what hides behind something else is seen in others.
        Action[] troubles = [Kill, KillMore, Stop, Freeze, CutOff, StoreDown, ForgetDispatcher, Pause];
        _troubles = [.. troubles.Where(_ => world.Chance(0.4))];
        if (_losesWrites)
        {
            _troubles.Add(_grid.Store.GoBack);
        }

        var longRuns = world.One([0.02, 0.1, 0.4]);
        var client = new SimClient(_grid);
        var tasks = world.Random.Next(2, 12);
        for (var i = 1; i <= tasks; i++)
        {
            var plan = new TaskPlan(world, i, queues, keyLimits, longRuns);
            world.Tell($"plan: {plan}");
            _grid.Plan(plan);
            witness.Expect(plan);
            for (var caller = 0; caller < plan.Callers; caller++)
            {
                world.Begin(() => client.SubmitAsync(plan, plan.SubmittedAfter));
            }
        }
    }

    public static HistoryResult Run(int seed, PlantedBug bug = PlantedBug.None, bool tells = false)
    {
        var world = new World(seed, bug, tells);
        new History(world).Run();
        return new(seed, world.Broken, world.Events, world.Hash, world.Lines);
    }

    private void Run()
    {
        for (var place = 0; place < _grid.Silos.Length; place++)
        {
            _grid.Start(place);
        }

        if (_losesWrites)
        {
            SyncEverySecond();
        }

        for (var troubles = _troubles.Count == 0 ? 0 : _world.Random.Next(0, 7); troubles > 0; troubles--)
        {
            _world.After(_world.Between(100, _turmoil), _world.One(_troubles));
        }

        TroubleTheStore();
        _world.Run(() => _world.Now > _turmoil * 1000, double.MaxValue / 1e6);
        ClearUp();
        RunToEnd(LongestEnd, "the last trouble");

        // Whoever has woken late, or still holds something, has its say.
        _world.Run(() => false, _world.Chance(0.2) ? 10_000 : 0);
        Probe();
        if (_world.Broken is null)
        {
            _grid.Witness.CheckEnd(_grid.Store.Model);
        }
    }

    /// <summary>In one history of four the store stands still for a while; in another it is started anew, or forgets that a silo has come.</summary>
    private void TroubleTheStore()
    {
        var kind = _world.Later.Next(4);
        for (var times = kind > 1 ? 0 : _world.Later.Next(1, 4); times > 0; times--)
        {
            var time = 500 + (_world.Later.NextDouble() * 8500);
            Action trouble = (kind, _losesWrites) switch
            {
                (0, _) => () => _grid.Store.StandStill(time),
                (_, false) => _grid.Store.Restart,
                _ => () =>
                {
                    Stop();
                    ForgetWhoComes();
                },
            };
            _world.After(_world.Later.NextDouble() * _turmoil, trouble);
        }
    }

    /// <summary>As soon as a silo has work that the store on its disk does not know, the store goes back; and when the silo has offered what it holds, it dies.</summary>
    private void ForgetWhoComes()
    {
        if (_grid.Weather.IsFine)
        {
            return;
        }

        if (Array.Find(_grid.Silos, s => !s.IsDead && s.Held.Count > 0 && _grid.Store.IsNews(s)) is not { } silo)
        {
            _world.After(20, ForgetWhoComes);
            return;
        }

        _grid.Store.GoBack();
        _grid.Store.DiesOfItsOffer = silo;
    }

    /// <summary>Every slot takes work again: more tasks than there are slots run to their end, soon.</summary>
    private void Probe()
    {
        if (_world.Broken is not null || _world.Later.Next(4) > 0)
        {
            return;
        }

        var client = new SimClient(_grid);
        for (var i = 0; i < Probes; i++)
        {
            var plan = new TaskPlan(1000 + i, _grid.Queues[i % _grid.Queues.Count]);
            _grid.Plan(plan);
            _grid.Witness.Expect(plan);
            _world.Begin(() => client.SubmitAsync(plan, 0));
        }

        RunToEnd(LongestProbe, "more tasks were submitted");
    }

    private void RunToEnd(double limit, string since)
    {
        if (!_world.Run(() => _world.Events % 16 == 0 && IsOver(), limit))
        {
            var idle = string.Join(", ", _grid.Silos.Where(s => !s.MayBegin).Select(s => $"{s} may not begin anything"));
            _world.Break($"{limit / 1000} s after {since} not all is well: {_grid.Witness.OpenIn(_grid.Store.Model)} {idle}");
        }
    }

    private void SyncEverySecond()
    {
        _grid.Store.Sync();
        _world.After(1000, SyncEverySecond);
    }

    private void ClearUp()
    {
        _world.Tell($"the weather turns fine");
        _grid.Weather.TurnFine();
        _grid.Store.IsDown = false;
        foreach (var silo in _grid.Silos)
        {
            (silo.IsCutFromGrid, silo.IsCutFromStore) = (false, false);
            silo.Thaw();
        }

        foreach (var queue in _grid.Queues)
        {
            _grid.Store.Model.Paused.Remove(queue);
        }
    }

    /// <summary>All that was promised has come to its end, and every silo works.</summary>
    private bool IsOver() => Array.TrueForAll(_grid.Silos, s => s.MayBegin) && _grid.Witness.IsOver(_grid.Store.Model);

    /// <summary>A silo for something to happen to, rather one that has work.</summary>
    private SimSilo Victim()
    {
        var silo = _world.One(_grid.Silos);
        return silo.Held.Count > 0 || _world.Chance(0.3) ? silo : _world.One(_grid.Silos);
    }

    private void Kill()
    {
        if (Victim() is { IsDead: false } silo)
        {
            silo.Die();
        }
    }

    private void KillMore()
    {
        Kill();
        Kill();
    }

    private void Stop()
    {
        var silo = Victim();
        silo.Do(() => _world.Begin(silo.StopAsync));
    }

    /// <summary>Another activation of a dispatcher comes beside the one that is there.</summary>
    private void ForgetDispatcher() => _grid.Forget(_world.One(_grid.Queues));

    private void Freeze()
    {
        var silo = Victim();
        var time = _world.Chance(0.5) ? _world.Between(200, 4000) : _world.Between(4000, 12000);
        _world.Tell($"{silo} stands still for {time:0} ms");
        silo.Freeze();
        _world.After(time, silo.Thaw);
        if (time > 6000 && _world.Chance(0.8))
        {
            _world.After(_world.Between(5000, time), () => _grid.Forget(silo));
        }
    }

    private void CutOff()
    {
        var silo = Victim();
        var time = _world.Chance(0.5) ? _world.Between(300, 5000) : _world.Between(5000, 14000);
        (silo.IsCutFromStore, silo.IsCutFromGrid) = (_world.Chance(0.8), _world.Chance(0.5));
        _world.Tell($"{silo} is cut off{(silo.IsCutFromStore ? " from the store" : "")}{(silo.IsCutFromGrid ? " from the others" : "")} for {time:0} ms");
        _world.After(time, () => (silo.IsCutFromStore, silo.IsCutFromGrid) = (false, false));
    }

    private void StoreDown()
    {
        var time = _world.Between(100, 9000);
        _world.Tell($"the store is down for {time:0} ms");
        _grid.Store.IsDown = true;
        _world.After(time, () =>
        {
            _grid.Store.IsDown = false;
            if (_losesWrites && !_grid.Weather.IsFine && _world.Chance(0.5))
            {
                _grid.Store.GoBack();
            }
        });
    }

    private void Pause()
    {
        var queue = _world.One(_grid.Queues);
        _world.Tell($"{queue} is paused");
        _grid.Store.Model.Paused.Add(queue);
        _world.After(_world.Between(100, 5000), () => _grid.Store.Model.Paused.Remove(queue));
    }
}
