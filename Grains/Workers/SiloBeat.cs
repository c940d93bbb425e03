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
    // However long that takes, no beat waits for it.
    private readonly Chore _reaping = new();
    private readonly Chore _comparing = new();

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private const int BeatsBetweenComparisons = 5;

    private readonly SiloLife _life = new(self);
    private readonly CancellationTokenSource _stop = new();
    private readonly long _origin = time.GetTimestamp();
    private readonly CancellationTokenSource _watchEnds = new();
    private Task _watching = Task.CompletedTask;
    private Task _beating = Task.CompletedTask;
    private Task _guarding = Task.CompletedTask;
    private long _storeNow;

    /// <summary>
    /// Watches the other silos while this one is not one of them yet, which takes seconds when others have just died: by the time it may
    /// judge, it knows for how long they have shown no life.
    /// </summary>
    public void Watch() => _watching = Task.Run(WatchLoopAsync);

    /// <summary>Ends <see cref="Watch"/>, if it goes on still.</summary>
    public async Task EndWatchAsync()
    {
        await _watchEnds.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
    }

    /// <summary>Announces this silo; its work and its beats have to begin at once.</summary>
    /// <exception cref="StoreUnavailableException">No answer: it is to be tried again.</exception>
    public async Task AnnounceAsync()
    {
        await EndWatchAsync().ConfigureAwait(false);
        var sentAt = time.GetTimestamp();
        await RegisterAsync().ConfigureAwait(false);
        // That was its first beat: leases may come from now on, so the guard does not wait for the next one, which may be slow.
        _life.Confirm(sentAt);
        if (_guarding.IsCompleted)
        {
            _guarding = Task.Run(GuardLoopAsync);
        }

        await BeatAsync().ConfigureAwait(false);
    }

    /// <summary>Offers what is held to a store that may not know it; until then the store is not asked for anything else.</summary>
    /// <exception cref="StoreUnavailableException">No answer: it is to be tried again.</exception>
    public async Task SettleAsync()
    {
        if (store.Fault is not LeasesInDoubtException)
        {
            return;
        }

        // A silo that starts may be watching still, and what it has seen is about to be forgotten.
        await EndWatchAsync().ConfigureAwait(false);
        var running = held.ToOffer().Select(a => (a.Id, a.LeaseText(self.Id))).ToList();
        foreach (var id in await store.AdvanceAsync(running).ConfigureAwait(false))
        {
            worker.StopAttempt(id);
        }

        _life.ForgetOthers();
    }

    /// <summary>Begins to beat.</summary>
    public void Start()
    {
        worker.FoundDead += _life.NoteFoundDead;
        _beating = Task.Run(BeatLoopAsync);
    }

    /// <summary>Ends the beats and takes this silo off the list, if it holds nothing any more.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_beating, _guarding).ConfigureAwait(false);
        await Task.WhenAll(_reaping.Ended, _comparing.Ended).ConfigureAwait(false);
        for (var tries = 0; tries < 5; tries++)
        {
            try
            {
                await SettleAsync().ConfigureAwait(false);
                await worker.ReconcileAsync(_storeNow, all: true).ConfigureAwait(false);
                if (await silos.LeaveAsync(self.Id).ConfigureAwait(false))
                {
                    return;
                }
            }
            catch (LeasesInDoubtException e)
            {
                // The next try offers them.
                LogNotConfirmed(e.Message);
            }
        }
    }

    private async Task WatchLoopAsync()
    {
        using var timer = new PeriodicTimer(s_interval, time);
        do
        {
            try
            {
                _life.FindDead(time.GetElapsedTime(_origin), await silos.BeatsAsync().ConfigureAwait(false));
            }
            catch (StoreUnavailableException e)
            {
                LogNotWatched(e.Message);
            }
        }
        while (await NextAsync(timer, _watchEnds.Token).ConfigureAwait(false));
    }

    private async Task BeatLoopAsync()
    {
        using var timer = new PeriodicTimer(s_interval, time);
        var beats = 0;
        while (await NextAsync(timer, _stop.Token).ConfigureAwait(false))
        {
            try
            {
                await SettleAsync().ConfigureAwait(false);
                await BeatAsync().ConfigureAwait(false);
                if (++beats % BeatsBetweenComparisons == 0)
                {
                    _comparing.Begin(CompareAsync);
                }
            }
            catch (StoreUnavailableException e)
            {
                LogNotConfirmed(e.Message);
                if (e.IsRefusal)
                {
                    await store.CheckAsync().ConfigureAwait(false);
                }
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
        var sentAt = time.GetTimestamp();
        var reply = _life.IsFoundDead ? BeatReply.Dead : await SendBeatAsync().ConfigureAwait(false);
        if (reply.IsUnknown)
        {
            await RegisterAsync().ConfigureAwait(false);
            reply = await SendBeatAsync().ConfigureAwait(false);
        }

        if (!reply.Accepted)
        {
            await StartAnewAsync().ConfigureAwait(false);
            return;
        }

        if (_life.Confirm(sentAt))
        {
            worker.Suspend();
            _life.NoteSuspended();
        }

        _storeNow = reply.Now;
        var alreadyDead = reply.Beats.Any(b => BeatReply.SaysDead(b.Value));
        foreach (var (silo, beat) in _life.FindDead(time.GetElapsedTime(_origin), reply.Beats))
        {
            if (await silos.BuryAsync(silo, beat).ConfigureAwait(false))
            {
                LogBuried(silo);
                alreadyDead = true;
            }
        }

        if (alreadyDead)
        {
            _reaping.Begin(() => ReapAsync([.. reply.Beats.Where(b => b.Key != self.Id && BeatReply.SaysDead(b.Value)).Select(b => b.Key)]));
        }
    }

    private async Task CompareAsync()
    {
        try
        {
            await worker.ReconcileAsync(_storeNow).ConfigureAwait(false);
            await store.CheckAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogNotCompared(e.Message);
        }
    }

    private async Task ReapAsync(IReadOnlyList<string> dead)
    {
        try
        {
            await lapsed.ReapAsync().ConfigureAwait(false);
            foreach (var silo in dead)
            {
                await silos.LeaveAsync(silo).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            LogNotReaped(e.Message);
        }
    }

    private Task RegisterAsync() => silos.RegisterAsync(self.Id, capabilities.Id, capabilities.Tasks);

    private Task<BeatReply> SendBeatAsync() => silos.BeatAsync(self.Id, capabilities.Id, $"{slots.Count} {slots.Running} {slots.Leaked}");

    /// <summary>
    /// This silo was declared dead: its leases lapse or have lapsed. It stops what runs, gives that some time to end, and goes
    /// on under a new name. An attempt that does not listen keeps its slot, and its task is not run here beside it.
    /// </summary>
    private async Task StartAnewAsync()
    {
        LogDeclaredDead(self.Id);
        _life.StartAnew();
        worker.Suspend();
        using var patience = new CancellationTokenSource(s_patience, time);
        await held.AllEndedAsync(patience.Token).ConfigureAwait(false);
        _life.Renew();
        await RegisterAsync().ConfigureAwait(false);
    }

    /// <summary>Apart from the beats, so that it acts while one of them hangs.</summary>
    private async Task GuardLoopAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250), time);
        while (await NextAsync(timer, _stop.Token).ConfigureAwait(false))
        {
            switch (_life.Guard())
            {
                case GuardStep.Suspend:
                    worker.Suspend();
                    LogSuspended(self.SinceConfirmed);
                    break;
                case GuardStep.Resume:
                    worker.Resume();
                    break;
            }
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken until)
    {
        try
        {
            return await timer.WaitForNextTickAsync(until).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Debug, "The store did not tell of the other silos: {Reason}")]
    private partial void LogNotWatched(string reason);

    [LoggerMessage(LogLevel.Warning, "The store did not confirm this silo's beat: {Reason}")]
    private partial void LogNotConfirmed(string reason);

    [LoggerMessage(LogLevel.Warning, "This silo's leases could not be compared with the store, which is done again: {Reason}")]
    private partial void LogNotCompared(string reason);

    [LoggerMessage(LogLevel.Warning, "The leases of dead silos could not be ended, which is done again: {Reason}")]
    private partial void LogNotReaped(string reason);

    [LoggerMessage(LogLevel.Error, "A beat failed")]
    private partial void LogBeatFailed(Exception exception);

    [LoggerMessage(LogLevel.Warning, "Silo {Silo} has shown no life for 6 s: its tasks run again elsewhere")]
    private partial void LogBuried(string silo);

    [LoggerMessage(LogLevel.Error, "This silo ({Silo}) was declared dead by another one: its attempts are stopped, then it starts anew")]
    private partial void LogDeclaredDead(string silo);

    [LoggerMessage(LogLevel.Error, "No beat of this silo has been confirmed for {Since}: it begins nothing, and its attempts are stopped")]
    private partial void LogSuspended(TimeSpan since);
}
