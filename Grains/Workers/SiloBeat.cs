using Microsoft.Extensions.Logging;
using TaskGrid.Storage;

namespace TaskGrid.Workers;

/// <summary>
/// Says once a second that this silo lives, for all its leases; judges the others by their beats; and keeps this silo from
/// running anything when its own beats are not confirmed.
/// </summary>
internal sealed partial class SiloBeat(
    SiloStore silos, StoreConnection store, Worker worker, Slots slots, Capabilities capabilities, SiloIncarnation self, LapsedLeases lapsed,
    TimeProvider time, ILogger<SiloBeat> logger)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_ownLifetime = TimeSpan.FromSeconds(4);
    private const int BeatsBetweenComparisons = 5;

    private readonly DeathWatch _watch = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly long _origin = time.GetTimestamp();
    private Task _beating = Task.CompletedTask;
    private Task _guarding = Task.CompletedTask;
    private long _confirmedAt;
    private long _storeNow;
    private int _dead;
    private bool _suspended;

    /// <summary>How long ago the store last confirmed that this silo lives.</summary>
    public TimeSpan SinceConfirmed => time.GetElapsedTime(Volatile.Read(ref _confirmedAt));

    /// <summary>Announces this silo and begins to beat.</summary>
    public async Task StartAsync()
    {
        worker.FoundDead += () => Volatile.Write(ref _dead, 1);
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
                }
            }
            catch (StoreUnavailableException e)
            {
                LogNotConfirmed(e.Message);
            }
        }
    }

    private async Task BeatAsync()
    {
        var reply = Volatile.Read(ref _dead) == 1
            ? new BeatReply(false, 0, new Dictionary<string, string>())
            : await silos.BeatAsync(self.Id, capabilities.Id, $"{slots.Count} {slots.Running}").ConfigureAwait(false);
        if (!reply.Accepted)
        {
            await StartAnewAsync().ConfigureAwait(false);
            return;
        }

        var now = time.GetTimestamp();
        Volatile.Write(ref _confirmedAt, now);
        _storeNow = reply.Now;
        var alreadyDead = reply.Beats.Any(b => BeatReply.SaysDead(b.Value));
        foreach (var (silo, beat) in _watch.Observe(time.GetElapsedTime(_origin, now), reply.Beats, self.Id))
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
    /// This silo was declared dead: its leases lapse or have lapsed. It stops what runs, waits until that has ended, and goes on
    /// under a new name, so that no old attempt of its own overlaps a new one.
    /// </summary>
    private async Task StartAnewAsync()
    {
        LogDeclaredDead(self.Id);
        worker.Suspend();
        if (await worker.AllEndedAsync(_stop.Token).ConfigureAwait(false))
        {
            self.Renew();
            Volatile.Write(ref _dead, 0);
            await silos.RegisterAsync(self.Id, capabilities.Id, capabilities.Tasks).ConfigureAwait(false);
            worker.Resume();
        }
    }

    private async Task RecoverFromRollbackAsync()
    {
        var running = worker.Held.Select(a => (a.Id, a.LeaseText(self.Id))).ToList();
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
            var late = SinceConfirmed > s_ownLifetime;
            if (late == _suspended)
            {
                continue;
            }

            _suspended = late;
            if (late)
            {
                LogSuspended(SinceConfirmed);
                worker.Suspend();
            }
            else
            {
                worker.Resume();
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

    [LoggerMessage(LogLevel.Warning, "Silo {Silo} has shown no life for 6 s: its tasks run again elsewhere")]
    private partial void LogBuried(string silo);

    [LoggerMessage(LogLevel.Error, "This silo ({Silo}) was declared dead by another one: its attempts are stopped, then it starts anew")]
    private partial void LogDeclaredDead(string silo);

    [LoggerMessage(LogLevel.Error, "No beat of this silo has been confirmed for {Since}: it begins nothing, and its attempts are stopped")]
    private partial void LogSuspended(TimeSpan since);
}
