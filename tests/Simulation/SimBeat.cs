using TaskGrid.Storage;
using TaskGrid.Store.Model;
using TaskGrid.Workers;

namespace TaskGrid.Simulation;

/// <summary>A silo's beats: what follows from them is <see cref="SiloLife"/>'s word.</summary>
internal sealed class SimBeat(SimSilo silo)
{
    private readonly SiloLife _life = new(silo.Incarnation);
    private long _storeNow;
    private bool _isUnanswered;
    private bool _isStopped;

    private World World => silo.World;

    public void NoteFoundDead() => _life.NoteFoundDead();

    public async Task RunAsync()
    {
        var joined = await silo.Store.JoinAsync(silo);
        silo.Settle(joined.Value);
        var sentAt = silo.Clock.GetTimestamp();
        var registered = await silo.Store.RegisterAsync(silo, silo.Incarnation.Id);
        if (registered.Came)
        {
            _life.Confirm(sentAt);
            World.Begin(GuardAsync);
        }

        if (!joined.Came || !registered.Came || !await BeatAsync())
        {
            // A host that can't start ends, and is started again.
            silo.Die();
            return;
        }

        var next = World.Now;
        for (var beats = 1; !_isStopped; beats++)
        {
            next = Math.Max(next + 1_000_000, World.Now);
            await silo.Pause((next - World.Now) / 1000d);
            if ((!silo.HasLeasesInDoubt || await OfferAgainAsync()) && await BeatAsync() && beats % 5 == 0 && !World.Has(PlantedBug.NeverCompared))
            {
                await silo.Worker.CompareAsync(_storeNow);
            }
        }
    }

    /// <summary>Ends the beats and takes the silo off the list, once it holds nothing.</summary>
    public async Task StopAsync()
    {
        _isStopped = true;
        for (var tries = 0; tries < 5; tries++)
        {
            await silo.Worker.CompareAsync(_storeNow, nothingComes: true);
            if (await silo.Store.LeaveAsync(silo, silo.Incarnation.Id) is not { Came: true, Value: false })
            {
                return;
            }
        }
    }

    /// <summary>False when the store did not answer, and everything waits for the next beat.</summary>
    private async Task<bool> BeatAsync()
    {
        var sentAt = silo.Clock.GetTimestamp();
        var answer = _life.IsFoundDead ? new(true, BeatReply.Dead) : await silo.Store.BeatAsync(silo, silo.Incarnation.Id);
        if (answer is { Came: true, Value.IsUnknown: true })
        {
            answer = (await silo.Store.RegisterAsync(silo, silo.Incarnation.Id)).Came ? await silo.Store.BeatAsync(silo, silo.Incarnation.Id) : default;
        }

        if (!answer.Came)
        {
            return false;
        }

        var reply = answer.Value;
        if (!reply.Accepted)
        {
            return await StartAnewAsync();
        }

        if (_life.Confirm(World.Has(PlantedBug.ConfirmedByTheAnswer) ? silo.Clock.GetTimestamp() : sentAt))
        {
            silo.Worker.Suspend();
            _life.NoteSuspended();
        }

        _storeNow = reply.Now;
        return await JudgeAsync(reply);
    }

    private async Task<bool> JudgeAsync(BeatReply reply)
    {
        var anyDead = reply.Beats.Values.Any(BeatReply.SaysDead);
        foreach (var (name, beat) in Judge(reply).ToList())
        {
            var buried = await silo.Store.BuryAsync(silo, name, beat);
            if (!buried.Came)
            {
                return false;
            }

            anyDead |= buried.Value;
        }

        if (!anyDead || World.Has(PlantedBug.NeverReaped))
        {
            return true;
        }

        if (!await ReapAsync())
        {
            return false;
        }

        foreach (var name in reply.Beats.Keys.Where(n => n != silo.Incarnation.Id && BeatReply.SaysDead(reply.Beats[n])))
        {
            await silo.Store.LeaveAsync(silo, name);
        }

        return true;
    }

    private IEnumerable<(string Silo, string Beat)> Judge(BeatReply reply)
    {
        var dead = _life.FindDead(TimeSpan.FromMicroseconds(World.Now), reply.Beats);
        return World.Has(PlantedBug.BuriedTooSoon)
            ? reply.Beats.Where(b => b.Key != silo.Incarnation.Id && !BeatReply.SaysDead(b.Value) && GridModel.InstantOf(b.Value) < reply.Now - 2000).Select(b => (b.Key, b.Value))
            : dead;
    }

    private async Task<bool> ReapAsync()
    {
        while (true)
        {
            var found = await silo.Store.LeasesOfAsync(silo, null);
            if (!found.Came)
            {
                return false;
            }

            if (found.Value.Count == 0)
            {
                return true;
            }

            foreach (var (id, lease) in found.Value)
            {
                if (!(await silo.Store.LapseAsync(silo, id, lease.Token)).Came)
                {
                    return false;
                }
            }

            if (World.Has(PlantedBug.LapsedAlive))
            {
                return true;
            }
        }
    }

    private async Task<bool> StartAnewAsync()
    {
        World.Tell($"{silo} was declared dead as {silo.Incarnation.Id[^2..]}");
        _life.StartAnew();
        silo.Worker.Suspend();
        for (var patience = 0; patience < 50 && silo.Held.Count > 0; patience++)
        {
            await silo.Pause(100);
        }

        _life.Renew();
        _isUnanswered = true;
        if (!(await silo.Store.RegisterAsync(silo, silo.Incarnation.Id)).Came)
        {
            return false;
        }

        _isUnanswered = false;
        return true;
    }

    private async Task<bool> OfferAgainAsync()
    {
        var running = silo.Held.ToOffer()
            .OrderBy(a => a.Id, StringComparer.Ordinal)
            .Select(a => new SimLease(a.Id, a.Lease.Token, silo.Incarnation.Id, a.Lease.StartedAt, a.CountsAsBegun, a.CancelledAt is not null, a.Lease.Permits.Split('|', StringSplitOptions.RemoveEmptyEntries))).ToList();
        var answer = await silo.Store.AdvanceAsync(silo, running, silo.Seen);
        if (!answer.Came)
        {
            return false;
        }

        silo.Settle(answer.Value.Life);
        foreach (var id in answer.Value.Refused)
        {
            silo.Worker.Stop(id, StopReason.Interrupted);
        }

        _life.ForgetOthers();
        return true;
    }

    private async Task GuardAsync()
    {
        while (!_isStopped)
        {
            await silo.Pause(250);
            switch (_life.Guard())
            {
                case GuardStep.Suspend when !World.Has(PlantedBug.NotSuspended):
                    World.Tell($"{silo} is not confirmed, and stops what runs");
                    silo.Worker.Suspend();
                    break;
                case GuardStep.Resume when !_isUnanswered || !World.Has(PlantedBug.NewNameForgotten):
                    silo.Worker.Resume();
                    break;
            }
        }
    }
}
