using TaskGrid.Queues;
using TaskGrid.Storage;
using TaskGrid.Workers;

namespace TaskGrid.Simulation;

/// <summary>A silo's worker: asks for leases, takes them in and gives them back. What becomes of each is <see cref="LeaseArrivals"/>' word.</summary>
internal sealed class SimWorker(SimSilo silo)
{
    private static readonly TimeSpan s_hold = TimeSpan.FromSeconds(4);

    private readonly LeaseArrivals _arrivals = new(silo.Slots, silo.Held, silo.Reluctance, silo.WaitingOutcomes, silo.Incarnation);
    private readonly HashSet<string> _loops = [];
    private readonly List<TaskCompletionSource> _waiting = [];
    private long _sequence = silo.World.StoreNow;
    private bool _isSweeping;
    private bool _isStopping;

    private World World => silo.World;

    public void Wake(string queue)
    {
        if (!_isStopping && _loops.Add(queue))
        {
            World.Begin(() => TakeLoopAsync(queue));
        }
    }

    public void Stop(string id, StopReason reason)
    {
        if (silo.Held.Find(id) is { } attempt)
        {
            attempt.Stop(reason);
            silo.Runner.NoticeStops();
        }
    }

    public void Suspend()
    {
        silo.Incarnation.Suspend();
        GiveBack(silo.Slots.Close());
        foreach (var attempt in silo.Held.All)
        {
            attempt.Stop(StopReason.Interrupted);
        }

        silo.Runner.NoticeStops();
    }

    public void Resume()
    {
        World.Tell($"{silo} goes on");
        silo.Slots.Reopen();
        silo.Incarnation.Resume();
        SlotFreed();
    }

    public void SlotFreed()
    {
        foreach (var waiter in _waiting.ToArray())
        {
            waiter.TrySetResult();
        }
    }

    /// <summary>Takes nothing more, and waits for what runs; what runs for too long is told to stop.</summary>
    public async Task StopAsync(double patience)
    {
        _isStopping = true;
        foreach (var queue in _loops)
        {
            World.Begin(() => silo.Grid.TakeAsync(silo, queue, new(silo.Incarnation.Id, "all", ++_sequence, 0, 0, TimeSpan.Zero)));
        }

        GiveBack(silo.Slots.Close());
        for (var end = World.Now + (long)(patience * 1000); World.Now < end && silo.Held.Count > 0;)
        {
            await silo.Pause(100);
        }

        foreach (var attempt in silo.Held.All)
        {
            attempt.Stop(StopReason.Interrupted);
        }

        silo.Runner.NoticeStops();
        await silo.Pause(silo.Held.Count > 0 ? 2000 : 0);
    }

    /// <summary>Compares what the store says this silo holds with what it does hold.</summary>
    public async Task CompareAsync(long storeNow, bool nothingComes = false)
    {
        var returning = silo.Held.OnTheirWay;
        var stored = await silo.Store.LeasesOfAsync(silo, silo.Incarnation.Id);
        if (!stored.Came)
        {
            return;
        }

        silo.Held.ForgetAllBut(stored.Value, returning);
        foreach (var (id, lease) in stored.Value)
        {
            switch (LeaseComparison.Of(lease, silo.Held.Find(id), storeNow, nothingComes || World.Has(PlantedBug.ComparedTooSoon)))
            {
                case LeaseFinding.ToCancel:
                    Stop(id, StopReason.CancelRequested);
                    break;
                case LeaseFinding.Lost:
                    World.Tell($"{silo} never got its lease of {id}");
                    if (!(await silo.Store.HandBackAsync(silo, id, lease.Token, silo.Held.HadBegun(id, lease.Token) && !World.Has(PlantedBug.BegunForgotten))).Came)
                    {
                        return;
                    }

                    silo.Held.Returned(id, lease.Token);
                    break;
            }
        }
    }

    private void GiveBack(IEnumerable<Attempt> attempts)
    {
        foreach (var attempt in attempts)
        {
            GiveBack(attempt);
        }
    }

    public void GiveBack(Attempt attempt) => World.Begin(async () =>
    {
        silo.Held.Return(attempt);
        if ((await silo.Store.HandBackAsync(silo, attempt.Id, attempt.Lease.Token, attempt.HasBegun)).Came)
        {
            silo.Held.Returned(attempt.Id, attempt.Lease.Token);
            silo.Nudge(attempt.Queue, TimeSpan.Zero);
        }
    });

    private async Task TakeLoopAsync(string queue)
    {
        var lastWork = World.Now;
        while (!_isStopping && World.Now - lastWork < 60_000_000)
        {
            if (await TakeAsync(queue))
            {
                lastWork = World.Now;
            }
        }

        _loops.Remove(queue);
    }

    private async Task<bool> TakeAsync(string queue)
    {
        var max = _arrivals.Demand;
        if (max <= 0)
        {
            await SlotAsync();
            return true;
        }

        var (calledAt, offers) = (World.Now, silo.Held.Offers);
        var request = new TakeRequest(silo.Incarnation.Id, "all", ++_sequence, max, silo.Slots.Idle, s_hold);
        if (await silo.Grid.TakeAsync(silo, queue, request) is not { } reply)
        {
            await silo.Pause(250);
            return false;
        }

        if (reply.WorkerIsDead && request.Worker == silo.Incarnation.Id)
        {
            silo.Beat.NoteFoundDead();
            await silo.Pause(500);
        }

        var tooLate = _arrivals.IsTooLate(TimeSpan.FromMicroseconds(World.Now - calledAt), request.Worker);
        foreach (var lease in reply.Leases)
        {
            Receive(lease, queue, tooLate, World.Has(PlantedBug.ArrivesUnoffered) ? silo.Held.Offers : offers);
        }

        if (reply.NeedsSlot)
        {
            await SlotAsync();
        }

        return reply.Leases.Count > 0 || reply.NeedsSlot;
    }

    private void Receive(GrantedLease lease, string queue, bool tooLate, int offers)
    {
        var attempt = new Attempt(lease, queue, silo.Clock);
        var arrival = _arrivals.Receive(attempt, tooLate, offers, _isStopping);
        World.Tell($"{silo} gets the lease of {lease.Id}, which {arrival}");
        switch (arrival)
        {
            case Arrival.GoesBack:
                GiveBack(attempt);
                break;
            case Arrival.GoesBackLater:
                silo.After(2000, () => GiveBack(attempt));
                break;
            case Arrival.RunsNow:
                World.Begin(() => silo.Runner.RunAsync(attempt));
                break;
            case Arrival.Waits when !_isSweeping:
                World.Begin(SweepAsync);
                break;
        }
    }

    /// <summary>Gives back what has waited for a slot for too long.</summary>
    private async Task SweepAsync()
    {
        _isSweeping = true;
        do
        {
            await silo.Pause(50);
            GiveBack(silo.Slots.TakeOverdue());
        }
        while (silo.Slots.AnyReady);
        _isSweeping = false;
    }

    private async Task SlotAsync()
    {
        var freed = new TaskCompletionSource();
        _waiting.Add(freed);
        silo.After(1000, () => freed.TrySetResult());
        await freed.Task;
        _waiting.Remove(freed);
    }
}
