using TaskGrid.Queues;
using TaskGrid.Storage;
using TaskGrid.Tasks;

namespace TaskGrid.Store.Model;

/// <summary>Thrown when the store does something else than the model.</summary>
internal sealed class ModelMismatchException(string message) : Exception(message);

/// <summary>Random operations from a seed, each done to the store and to the model; what they answer has to be the same.</summary>
internal sealed partial class ModelRun(TestGrid grid, int seed)
{
    private static readonly string[] s_queues = ["one", "two"];
    private static readonly string[] s_names = ["a", "b", "c"];

    private readonly Random _random = new(seed);
    private readonly RandomAsk _ask = new(seed);
    // One for the whole run, as in a grid: when a limit is looked at again depends on it.
    private readonly int _ahead = seed % 3 * 150;
    private GridModel _model = new() { Now = TestGrid.Start };
    private readonly List<string> _history = [];
    private TestSilo[] _silos = [];
    private int _lives;
    private int _ids;
    private long _place;
    private (Snapshot Store, GridModel Model)? _onDisk;
    private int _processes;

    public async Task RunAsync(int operations)
    {
        _model.InGrid["b"] = new(3);
        _silos = [await RegisterAsync("all"), await RegisterAsync("some")];
        foreach (var queue in s_queues)
        {
            await grid.TryLeaseAsync(_silos[0], queue: queue);
        }

        for (var i = 0; i < operations; i++)
        {
            await StepAsync();
            if (i % 500 == 250)
            {
                _onDisk = (await Snapshot.TakeAsync(grid), _model.Copy());
            }
            else if (i % 500 == 250 + 20 * (1 + seed % 5))
            {
                await GoBackAsync();
            }

            if (i % 500 == 499)
            {
                await CheckAllAsync();
                await ClearAsync();
            }
        }
    }

    private async Task<TestSilo> RegisterAsync(string capabilities)
    {
        var silo = new TestSilo($"{capabilities}~{++_lives}", capabilities);
        await grid.Silos.RegisterAsync(silo.Name, capabilities, NamesOf(silo).Select(t => new AnnouncedTask(t, new("one", new()), InGrid: _model.InGrid.GetValueOrDefault(t))));
        _model.Register(silo.Name);
        return silo;
    }

    private static HashSet<string> NamesOf(TestSilo silo) => silo.Capabilities == "all" ? ["a", "b", "c"] : ["a", "b"];

    private Task StepAsync() => _random.Next(100) switch
    {
        < 22 => AcceptAsync(),
        < 25 => AcceptTogetherAsync(),
        < 27 => AcceptAgainAsync(),
        < 54 => LeaseAsync(),
        < 68 => EndAsync(),
        < 71 => EndTogetherAsync(),
        < 73 => DieAsync(),
        < 76 => BeginAsync(),
        < 80 => CancelAsync(),
        < 83 => ChangeAsync(),
        < 85 => RetryAsync(),
        < 90 => PassAsync(),
        < 92 => ExpireAsync(),
        < 94 => SurveyAsync(),
        < 97 => ConfigureAsync(),
        _ => PauseAsync(),
    };

    private async Task AcceptAsync()
    {
        var delay = _random.Next(3) == 0 ? _random.Next(1, 3000) : 0;
        var (name, dedup) = (Pick(s_names), _random.Next(4) == 0 ? _ask.SomeDeduplication(_clearings) : null);
        var last = dedup?.Mode == DeduplicationMode.KeepLast;
        var key = last ? $"~{name}~{dedup!.Key}" : _random.Next(2) == 0 ? Pick(RandomAsk.Keys) : null;
        var task = new ModelTask($"t{_ids++}")
        {
            Queue = Pick(s_queues), Name = name, Key = key, OwnLimit = last ? 1 : key is not null && _random.Next(2) == 0 ? _random.Next(1, 4) : null,
            Priority = _random.Next(3) * 4, Place = _place + 1, Created = _model.Now,
            Due = delay > 0 ? _model.Now + delay : dedup?.Mode == DeduplicationMode.Debounce ? _model.Now + (long)dedup.Period!.Value.TotalMilliseconds : 0,
            Expires = _random.Next(5) == 0 ? _model.Now + _random.Next(1, 5000) : 0, Deadline = _random.Next(5) == 0 ? _model.Now + _random.Next(1, 8000) : 0,
            Deduplication = dedup, AtMostOnce = _random.Next(6) == 0,
        };
        if (dedup is not null)
        {
            // Whether a lease has met and ended one whose time is over, the model does not know.
            await ExpireAsync();
        }

        var terms = new NewTerms
        {
            ExpiresAt = Instant(task.Expires), DeadlineAt = Instant(task.Deadline), Tags = _random.Next(4) == 0 ? ["t"] : [], Deduplication = dedup,
            AtMostOnce = task.AtMostOnce,
        };
        var lane = last ? Lane.OfLast(name, dedup!.Key) : Lane.Of(name, key, task.OwnLimit);
        var (acceptance, record) = await grid.Tasks.AcceptAsync(TestGrid.Task(
            task.Id, task.Queue, task.Name, task.Priority, TimeSpan.FromMilliseconds(delay), lane: lane, terms: terms.IsNone ? null : terms));
        // Each draws a number, whether it is taken in or not.
        _place++;
        var other = _model.Accept(task);
        Note($"accept {task.Id} {task.Queue} {lane} p{task.Priority} due {delay} {dedup}");
        Same(other is null ? "Created" : $"Duplicate {other.Id}", acceptance == Acceptance.Duplicate ? $"Duplicate {record?.Id}" : $"{acceptance}");
    }

    private async Task LeaseAsync()
    {
        var (queue, silo, max) = (Pick(s_queues), Pick(_silos), _random.Next(1, 12));
        // One whose time is over may stand before one that has no slot: the store finds out only by leasing it.
        await ExpireAsync();
        var idle = _random.Next(2) == 0 ? max : _random.Next(0, max + 1);
        var reply = await grid.TryLeaseAsync(silo, max, queue, idle, _ahead);
        var expected = _model.Lease(queue, silo.Name, NamesOf(silo), max, idle, _ahead);
        Note($"lease {max} ({idle} idle, {_ahead} ms ahead) of {queue} for {silo.Name}");
        Same(string.Join(' ', expected.Taken.Select(t => $"{t.Id}@{t.StartsAt}#{t.Token}")), string.Join(' ', reply.Leases.Select(l => $"{l.Id}@{l.StartedAt}#{l.Token}")));
        Same(expected.NeedsSlot, reply.NeedsSlot);
        if (reply.Status == LeaseStatus.Ok)
        {
            CheckIsSeen(queue, reply.More || reply.NeedsSlot, reply.LookAgainIn);
        }
    }

    private async Task EndAsync()
    {
        if (Pick(_model.Tasks.Values.Where(t => t.Token is not null)) is not { } task)
        {
            return;
        }

        // One in ten has a token that is not, or no longer, that of the lease.
        var token = _random.Next(10) == 0 ? task.Issued : task.Token!.Value;
        if (_random.Next(20) == 0)
        {
            Note($"end the lease of {task.Id} as if its silo were dead");
            Same(_model.Lapse(task.Id, token, TestGrid.CrashLimit) is not null, await grid.Leases.LapseAsync(task.Id, token, TestGrid.CrashLimit));
            return;
        }

        var (way, delay) = (_random.Next(6), _random.Next(0, 2000));
        Note($"end {task.Id} in way {way}, delay {delay}, token {token}");
        if (way == 0)
        {
            await grid.Leases.HandBackAsync(task.Id, token, begun: delay % 2 == 0);
            _model.HandBack(task.Id, token, begun: delay % 2 == 0);
            return;
        }

        (char outcome, Verdict verdict) = way switch
        {
            1 => ('F', new Verdict.Fail(new("X", "no"))),
            2 => ('R', new Verdict.Retry(new("X", "no"), TimeSpan.FromMilliseconds(delay))),
            3 => ('Z', (Verdict)new Verdict.Snooze(TimeSpan.FromMilliseconds(delay))),
            _ => ('S', new Verdict.Succeed(JsonText.From(task.Id))),
        };
        Same(_model.Finish(task.Id, token, outcome, delay), await grid.Tasks.FinishAsync(task.Id, token, verdict, []));
    }

    /// <summary>A silo dies, its leases lapse, and another one takes its place.</summary>
    private async Task DieAsync()
    {
        var at = _random.Next(_silos.Length);
        var silo = _silos[at];
        // What has been there at deaths before is written when it begins: only so does it come to its third.
        foreach (var suspect in _model.LeasesOf(silo.Name).Where(t => !t.Begun).ToList())
        {
            Note($"begin {suspect.Id}");
            Same(_model.Begin(suspect.Id, suspect.Token!.Value), await grid.Leases.BeginAsync(suspect.Id, suspect.Token!.Value));
        }

        Note($"{silo.Name} dies");
        await grid.BuryAsync(silo);
        _model.Bury(silo.Name, _model.Beats[silo.Name]);
        await LapseAsync(silo);
        _silos[at] = await RegisterAsync(silo.Capabilities);
    }

    private async Task LapseAsync(TestSilo silo)
    {
        foreach (var task in _model.LeasesOf(null).ToList())
        {
            var token = task.Token!.Value;
            Same(_model.Lapse(task.Id, token, TestGrid.CrashLimit) is not null, await grid.Leases.LapseAsync(task.Id, token, TestGrid.CrashLimit));
        }

        Same(_model.Leave(silo.Name), await grid.Silos.LeaveAsync(silo.Name));
    }

    /// <summary>The store crashes and is what it had on disk. The silos offer what they hold; those that it does not know any more die of that.</summary>
    private async Task GoBackAsync()
    {
        var (held, seen) = (_model.Tasks, grid.Connection.Sequence);
        var leases = new List<(string Id, string Line)>();
        foreach (var silo in _silos)
        {
            leases.AddRange((await grid.Leases.HeldByAsync(silo.Name)).Select(l => (l.Id, l.Lease.ToString())));
        }

        Note($"the store goes back, {leases.Count} leases are held");
        await _onDisk!.Value.Store.RestoreAsync(grid);
        await grid.RestartAsync();
        _model = _onDisk.Value.Model;
        (_model.Now, _model.Process) = (grid.Now, ++_processes);
        await Assert.ThrowsAnyAsync<LeasesInDoubtException>(() => grid.Silos.SurveyAsync());

        var expected = leases.Where(l => !OffersAgain(held[l.Id])).Select(l => l.Id).ToList();
        _model.Advance(seen);
        Same(string.Join(' ', expected), string.Join(' ', await grid.Connection.AdvanceAsync(leases)));
        foreach (var at in Enumerable.Range(0, _silos.Length).Where(i => _model.IsDead(_silos[i].Name)))
        {
            await LapseAsync(_silos[at]);
            _silos[at] = await RegisterAsync(_silos[at].Capabilities);
        }

        bool OffersAgain(ModelTask task) => _model.Reoffer(task.Id, task.Token!.Value, task.Silo, task.StartsAt, task.Begun, task.CancelRequested, task.Permits);
    }

    private async Task BeginAsync()
    {
        if (Pick(_model.Tasks.Values.Where(t => t.Token is not null)) is { } task)
        {
            Note($"begin {task.Id}");
            Same(_model.Begin(task.Id, task.Token!.Value), await grid.Leases.BeginAsync(task.Id, task.Token!.Value));
        }
    }

    private async Task CancelAsync()
    {
        if (Pick(_model.Tasks.Values) is not { } task)
        {
            return;
        }

        var (outcome, _) = await grid.Tasks.CancelAsync(task.Id, "requested");
        Note($"cancel {task.Id}");
        // One whose time is over may have been ended by a lease that met it: the model does not know whether one did.
        if (outcome == CancelOutcome.AlreadyFinished && task.Waits && task.FateAt(_model.Now) is { } fate)
        {
            task.Ended = fate;
            return;
        }

        Same(_model.Cancel(task.Id).Outcome, outcome);
    }

    private async Task ChangeAsync()
    {
        if (Pick(_model.Tasks.Values.Where(t => t.Waits && t.FateAt(_model.Now) is null)) is not { } task)
        {
            return;
        }

        var queue = _random.Next(2) == 0 ? Pick(s_queues) : null;
        int? priority = _random.Next(2) == 0 ? _random.Next(3) * 4 : null;
        long? due = _random.Next(2) == 0 ? _model.Now + _random.Next(-1000, 3000) : null;
        Same(ChangeOutcome.Changed, await grid.ChangeAsync(task.Id, queue, priority, Instant(due ?? 0)));
        Note($"change {task.Id} to {queue} p{priority} due {due}");
        (task.Queue, task.Priority, task.Due) = (queue ?? task.Queue, priority ?? task.Priority, due ?? task.Due);
    }

    private async Task RetryAsync()
    {
        if (Pick(_model.Tasks.Values.Where(t => t.Ended is 'F' or 'C')) is not { } task)
        {
            return;
        }

        Note($"retry {task.Id}");
        Same(ChangeOutcome.Changed, await grid.RetryByHandAsync(task.Id));
        _model.RunAgain(task, ++_place);
    }

    private async Task PassAsync()
    {
        var time = TimeSpan.FromMilliseconds(_random.Next(1, 1500));
        await grid.PassAsync(time);
        _model.Now = grid.Now;
        Note($"pass {time.TotalMilliseconds} ms");
    }

    private async Task ExpireAsync()
    {
        await grid.Tasks.ExpireAsync(1000);
        _model.Expire();
        Note("expire");
    }

    private async Task ConfigureAsync()
    {
        var queue = Pick(s_queues);
        var settings = new QueueSettings
        {
            Limits = _ask.Maybe(() => _ask.SomeLimits(6)),
            TaskLimits = _ask.Maybe(() => new Dictionary<string, Limits> { [Pick(s_names)] = _ask.SomeLimits(4) }),
            KeyLimits = _ask.Maybe(() => new Dictionary<string, Limits> { [Pick(RandomAsk.Keys)] = _ask.SomeLimits(3) }),
            EachKeyLimits = _ask.Maybe(() => _ask.SomeLimits(3)),
        };
        await grid.ConfigureAsync(queue, settings);
        _model.Configure(queue, settings);
        Note($"configure {queue} {System.Text.Json.JsonSerializer.Serialize(settings)}");
    }

    private async Task PauseAsync()
    {
        var queue = Pick(s_queues);
        // Paused queues would soon leave nothing to do.
        var pause = _random.Next(5) == 0;
        await grid.PauseAsync(queue, pause);
        Note($"pause {queue} {pause}");
        if (pause)
        {
            _model.Paused.Add(queue);
        }
        else
        {
            _model.Paused.Remove(queue);
        }
    }

    private T Pick<T>(T[] from) => from[_random.Next(from.Length)];

    private ModelTask? Pick(IEnumerable<ModelTask> from) => from.ToArray() is { Length: > 0 } all ? Pick(all) : null;

    private static DateTimeOffset? Instant(long milliseconds) => milliseconds == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private void Note(string what) => _history.Add(what);
}
