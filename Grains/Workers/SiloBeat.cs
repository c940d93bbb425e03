using Microsoft.Extensions.Logging;
using TaskGrid.Storage;

namespace TaskGrid.Workers;

/// <summary>
/// Says once a second that this silo lives, for all its leases; judges the others by their beats; and keeps this silo from
/// running anything when its own beats are not confirmed.
/// </summary>
internal sealed partial class SiloBeat(
    SiloStore silos, StoreConnection store, Worker worker, HeldLeases held, Slots slots, Capabilities capabilities, SiloIncarnation self, LapsedLeases lapsed,
    TimeProvider time, ILogger<SiloBeat> logger)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private const int BeatsBetweenComparisons = 5;

    private readonly DeathWatch _watch = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly long _origin = time.GetTimestamp();
    private Task _beating = Task.CompletedTask;
    private Task _guarding = Task.CompletedTask;
    private long _storeNow;
    private volatile bool _foundDead;
    private volatile bool _startingAnew;
    private volatile bool _suspended;

    /// <summary>Announces this silo and begins to beat.</summary>
    public async Task StartAsync()
    {
        worker.FoundDead += () => _foundDead = true;
        await silos.RegisterAsync(self.Id, capabilities.Id, capabilities.Tasks).ConfigureAwait(false);
        await BeatAsync().ConfigureAwait(false);
        _beating = Task.Run(BeatLoopAsync);
        _guarding = Task.Run(GuardLoopAsync);
    }

    /// <summary>Ends the beats and takes this silo off the list, if it holds nothing any more.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_beating, _guarding).ConfigureAwait(false);
        for (var tries = 0; tries < 5; tries++)
        {
            await worker.ReconcileAsync(_storeNow, all: true).ConfigureAwait(false);
            if (await silos.LeaveAsync(self.Id).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    private async Task BeatLoopAsync()
    {
        using var timer = new PeriodicTimer(s_interval, time);
        var beats = 0;
        while (await NextAsync(timer).ConfigureAwait(false))
        {
            try
            {
                if (store.Fault is StoreRolledBackException)
                {
                    await RecoverFromRollbackAsync().ConfigureAwait(false);
                }

                await BeatAsync().ConfigureAwait(false);
                if (++beats % BeatsBetweenComparisons == 0)
                {
                    await worker.ReconcileAsync(_storeNow).ConfigureAwait(false);
                    await store.CheckAsync().ConfigureAwait(false);
                }
            }
            catch (StoreUnavailableException e)
            {
                LogNotConfirmed(e.Message);
            }
            catch (Exception e)
            {
                // Without beats this silo is dead: whatever it was, go on.
                LogBeatFailed(e);
            }
        }
    }

    private async Task BeatAsync()
    {
        var reply = _foundDead
            ? new BeatReply(false, 0, new Dictionary<string, string>())
            : await silos.BeatAsync(self.Id, capabilities.Id, $"{slots.Count} {slots.Running} {slots.Leaked}").ConfigureAwait(false);
        if (!reply.Accepted)
        {
            await StartAnewAsync().ConfigureAwait(false);
            return;
        }

        if (self.Confirm() > SiloIncarnation.Lifetime)
        {
            // Frozen or cut off, and back before the guard has noticed: what runs may run elsewhere, too.
            worker.Suspend();
            _suspended = true;
        }

        _storeNow = reply.Now;
        var alreadyDead = reply.Beats.Any(b => BeatReply.SaysDead(b.Value));
        foreach (var (silo, beat) in _watch.Observe(time.GetElapsedTime(_origin), reply.Beats, self.Id))
        {
            if (!BeatReply.SaysDead(beat) && await silos.BuryAsync(silo, beat).ConfigureAwait(false))
            {
                LogBuried(silo);
                alreadyDead = true;
            }
        }

        if (alreadyDead)
        {
            await lapsed.ReapAsync().ConfigureAwait(false);
            foreach (var silo in reply.Beats.Keys.Where(s => s != self.Id))
            {
                if (BeatReply.SaysDead(reply.Beats[silo]))
                {
                    await silos.LeaveAsync(silo).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>
    /// This silo was declared dead: its leases lapse or have lapsed. It stops what runs, gives that some time to end, and goes
    /// on under a new name. An attempt that does not listen keeps its slot, and its task is not run here beside it.
    /// </summary>
    private async Task StartAnewAsync()
    {
        LogDeclaredDead(self.Id);
        _startingAnew = true;
        worker.Suspend();
        using var patience = new CancellationTokenSource(s_patience, time);
        await held.AllEndedAsync(patience.Token).ConfigureAwait(false);
        self.Renew();
        _foundDead = false;
        await silos.RegisterAsync(self.Id, capabilities.Id, capabilities.Tasks).ConfigureAwait(false);
        // The guard may have slept through all of this: it lets the worker go on once a beat is confirmed.
        _suspended = true;
        _startingAnew = false;
    }

    private async Task RecoverFromRollbackAsync()
    {
        var running = held.All.Select(a => (a.Id, a.LeaseText(self.Id))).ToList();
        foreach (var id in await store.AdvanceAsync(running).ConfigureAwait(false))
        {
            worker.StopAttempt(id);
        }
    }

    /// <summary>Apart from the beats, so that it acts while one of them hangs.</summary>
    private async Task GuardLoopAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250), time);
        while (await NextAsync(timer).ConfigureAwait(false))
        {
            var mayRun = !_startingAnew && self.SinceConfirmed <= SiloIncarnation.Lifetime;
            if (mayRun && _suspended)
            {
                _suspended = false;
                worker.Resume();
            }
            else if (!mayRun && !_suspended)
            {
                _suspended = true;
                LogSuspended(self.SinceConfirmed);
                worker.Suspend();
            }
        }
    }

    private async Task<bool> NextAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The store did not confirm this silo's beat: {Reason}")]
    private partial void LogNotConfirmed(string reason);

    [LoggerMessage(LogLevel.Error, "A beat failed")]
    private partial void LogBeatFailed(Exception exception);

    [LoggerMessage(LogLevel.Warning, "Silo {Silo} has shown no life for 6 s: its tasks run again elsewhere")]
    private partial void LogBuried(string silo);

    [LoggerMessage(LogLevel.Error, "This silo ({Silo}) was declared dead by another one: its attempts are stopped, then it starts anew")]
    private partial void LogDeclaredDead(string silo);

    [LoggerMessage(LogLevel.Error, "No beat of this silo has been confirmed for {Since}: it begins nothing, and its attempts are stopped")]
    private partial void LogSuspended(TimeSpan since);
}
