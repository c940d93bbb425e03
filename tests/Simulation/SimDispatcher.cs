using TaskGrid.Queues;
using TaskGrid.Storage;

namespace TaskGrid.Simulation;

/// <summary>One activation of a queue's dispatcher. Whom it serves and what follows is <see cref="Dispatching"/>'s word.</summary>
internal sealed class SimDispatcher(SimSilo host, string queue)
{
    private static readonly StoreUnavailableException s_noAnswer = new("The store did not answer.");

    private readonly Dispatching _dispatching = new();
    private readonly List<(Taker Taker, Action<TakeReply?> Answer)> _held = [];
    private readonly List<(Task Look, Action<bool> Answer)> _nudges = [];
    private List<Action>? _untilOpen = [];
    private long _epoch;
    private bool _pumping;
    private long? _wokenAt;
    private long _timerAt = long.MaxValue;

    public SimSilo Host => host;

    public string Queue => queue;

    private World World => host.World;

    public async Task ActivateAsync()
    {
        var opened = await host.Store.OpenAsync(host, queue);
        if (!opened.Came)
        {
            Deactivate();
            return;
        }

        _epoch = opened.Value;
        World.Tell($"dispatcher of {queue} opens on {host} with epoch {_epoch}");
        var calls = _untilOpen!;
        _untilOpen = null;
        Pump();
        calls.ForEach(c => c());
    }

    public void Take(TakeRequest request, Action<TakeReply?> answer) => WhenOpen(() =>
    {
        if (_dispatching.Add(request) is not { } taker)
        {
            answer(TakeReply.Empty);
            AnswerAll();
            return;
        }

        _held.Add((taker, answer));
        AnswerAll();
        Pump();
        host.After(request.Hold.TotalMilliseconds, () =>
        {
            if (!taker.Answer.Task.IsCompleted)
            {
                _dispatching.EndHold(taker);
                AnswerAll();
            }
        });
    });

    public void Nudge(TimeSpan dueIn, Action<bool> answer) => WhenOpen(() =>
    {
        if (dueIn > TimeSpan.Zero)
        {
            WakeIn(dueIn);
            answer(true);
            return;
        }

        var nudge = (_dispatching.NextLook, answer);
        _nudges.Add(nudge);
        WorkArrived();
        AnswerAll();
        host.After(1000, () =>
        {
            if (_nudges.Remove(nudge))
            {
                answer(!_dispatching.IsRetired);
            }
        });
    });

    private void WhenOpen(Action call)
    {
        if (_untilOpen is { } calls)
        {
            calls.Add(call);
        }
        else
        {
            call();
        }
    }

    private void WorkArrived()
    {
        _dispatching.WorkArrived();
        Pump();
        WakeWorkers();
    }

    private void Pump()
    {
        if (!_pumping && !_dispatching.IsRetired)
        {
            _pumping = true;
            World.Begin(PumpAsync);
        }
    }

    private async Task PumpAsync()
    {
        while (_dispatching.Next() is { } taker)
        {
            var request = taker.Request;
            var reply = await host.Store.LeaseAsync(host, queue, _epoch, request.Worker, request.Max, request.Idle);
            if (!reply.Came)
            {
                World.Tell($"dispatcher of {queue} on {host} starts again from the store");
                taker.Answer.TrySetException(s_noAnswer);
                Deactivate();
                break;
            }

            var next = _dispatching.After(taker, reply.Value);
            if (next.Retires)
            {
                World.Tell($"dispatcher of {queue} on {host} is superseded");
                Deactivate();
                break;
            }

            AnswerAll();
            if (next.LookAgainIn is { } dueIn)
            {
                WakeIn(dueIn);
            }

            if (next.WakesWorkers)
            {
                WakeWorkers();
            }
        }

        _pumping = false;
    }

    private void Deactivate()
    {
        _dispatching.Retire();
        var calls = _untilOpen;
        _untilOpen = null;
        calls?.ForEach(c => c());
        AnswerAll();
        host.Grid.Deactivated(this);
    }

    private void AnswerAll()
    {
        foreach (var held in _held.Where(h => h.Taker.Answer.Task.IsCompleted).ToList())
        {
            _held.Remove(held);
            var answer = held.Taker.Answer.Task;
            held.Answer(answer.Exception is null ? answer.Result : null);
        }

        foreach (var nudge in _nudges.Where(n => n.Look.IsCompleted).ToList())
        {
            _nudges.Remove(nudge);
            nudge.Answer(!_dispatching.IsRetired);
        }
    }

    private void WakeIn(TimeSpan dueIn)
    {
        var at = World.Now + (long)dueIn.TotalMicroseconds;
        if (World.Has(PlantedBug.NoWatch) || _timerAt <= at)
        {
            return;
        }

        _timerAt = at;
        host.After(dueIn.TotalMilliseconds, () =>
        {
            if (_timerAt == at && !_dispatching.IsRetired)
            {
                _timerAt = long.MaxValue;
                WorkArrived();
            }
        });
    }

    private void WakeWorkers()
    {
        if (_wokenAt is { } last && World.Now - last < 1_000_000)
        {
            return;
        }

        _wokenAt = World.Now;
        foreach (var silo in host.Grid.Silos.Where(s => !s.IsDead && !_dispatching.Line.IsWaiting(s.Address)))
        {
            host.Grid.Weather.Carry(host, silo, () => silo.Worker.Wake(queue));
        }
    }
}
