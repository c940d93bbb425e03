using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TaskGrid.Queues;
using TaskGrid.Storage;

namespace TaskGrid.Workers;

/// <summary>
/// The execution side of a silo: asks dispatchers for as much as its slots can begin, runs it, and keeps each outcome until
/// the store has answered.
/// </summary>
internal sealed partial class Worker(
    IGrainFactory grains, LeaseStore leases, Slots slots, SlotRunner runner, HeldLeases held, LeaseArrivals arrivals, OutcomeKeeper outcomes, ServedQueues served,
    SiloIncarnation self, Capabilities capabilities, TimeProvider time, ILogger<Worker> logger)
{
    // Long enough that idle queues cost little, well below the response timeout.
    private static readonly TimeSpan s_hold = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_interest = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Task> _loops = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private long _sequence = time.GetUtcNow().ToUnixTimeMilliseconds();
    private int _sweeping;

    /// <summary>Raised when a dispatcher says that the store has this silo for dead.</summary>
    public event Action? FoundDead;

    /// <summary>There is work in a queue: ask its dispatcher until a minute has passed without any.</summary>
    public void Wake(string queue)
    {
        if (_stopping.IsCancellationRequested || _loops.ContainsKey(queue) || !served.Serves(queue))
        {
            return;
        }

        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_loops.TryAdd(queue, gate.Task))
        {
            Task.Run(() => TakeLoopAsync(queue, gate)).Ignore();
        }
    }

    /// <summary>Takes back the demand that stands at queues that this silo does not serve any more.</summary>
    public void Start() => served.Changed += () =>
    {
        foreach (var queue in _loops.Keys.Where(q => !served.Serves(q)))
        {
            WithdrawAsync(queue).Ignore();
        }
    };

    /// <summary>Fires the token of a task's handler, or gives its lease back when it has not begun.</summary>
    public void CancelAttempt(string id) => held.Find(id)?.Stop(StopReason.CancelRequested);

    /// <summary>The lease of an attempt is gone: it is to end without an outcome.</summary>
    public void StopAttempt(string id) => held.Find(id)?.Stop(StopReason.Interrupted);

    /// <summary>This silo can't show that it lives: begin nothing and stop what runs, before another silo runs it again.</summary>
    public void Suspend()
    {
        self.Suspend();
        StopAll(StopReason.Interrupted);
    }

    /// <summary>It lives again.</summary>
    public void Resume()
    {
        slots.Reopen();
        self.Resume();
    }

    /// <summary>
    /// Graceful stop: takes nothing more, gives back what has not begun, waits for what runs until <paramref name="deadline"/>
    /// fires, then fires the handlers' tokens and waits a little longer. What still runs then is left to lapse.
    /// </summary>
    public async Task StopAsync(CancellationToken deadline)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        held.GiveBack(slots.Close());
        if (!await held.AllEndedAsync(deadline).ConfigureAwait(false))
        {
            LogStopping(held.Count);
            StopAll(StopReason.Interrupted);
            using var grace = new CancellationTokenSource(TimeSpan.FromSeconds(2), time);
            await held.AllEndedAsync(grace.Token).ConfigureAwait(false);
        }

        await outcomes.AbandonAsync().ConfigureAwait(false);
        await Task.WhenAll(_loops.Values).ConfigureAwait(false);
    }

    /// <summary>
    /// Compares what the store says this silo holds with what it does hold. A lease whose way here was lost goes back; a
    /// cancel whose signal was lost is carried out.
    /// </summary>
    /// <param name="storeNow">The store's clock, Unix milliseconds.</param>
    /// <param name="all">Whether no answer of a dispatcher is on its way any more, so that every unknown lease is lost.</param>
    public async Task ReconcileAsync(long storeNow, bool all = false)
    {
        var returning = held.OnTheirWay;
        var stored = await leases.HeldByAsync(self.Id).ConfigureAwait(false);
        held.ForgetAllBut(stored, returning);
        var lost = new List<(string Id, long Token)>();
        foreach (var (id, lease) in stored)
        {
            var attempt = held.Find(id);
            switch (LeaseComparison.Of(lease, attempt, storeNow, nothingComes: all))
            {
                case LeaseFinding.ToCancel:
                    attempt!.Stop(StopReason.CancelRequested);
                    break;
                case LeaseFinding.Lost:
                    LogFoundLost(id);
                    lost.Add((id, lease.Token));
                    break;
            }
        }

        await Task.WhenAll(lost.Select(l => ReturnLostAsync(l.Id, l.Token))).ConfigureAwait(false);
    }

    private async Task ReturnLostAsync(string id, long token)
    {
        await leases.HandBackAsync(id, token, held.HadBegun(id, token)).ConfigureAwait(false);
        held.Returned(id, token);
    }

    private async Task TakeLoopAsync(string queue, TaskCompletionSource ended)
    {
        try
        {
            var dispatcher = grains.GetGrain<IQueueGrain>(queue);
            var lastWork = time.GetTimestamp();
            while (!_stopping.IsCancellationRequested && time.GetElapsedTime(lastWork) < s_interest && served.Serves(queue))
            {
                if (await TakeAsync(queue, dispatcher).ConfigureAwait(false))
                {
                    lastWork = time.GetTimestamp();
                }
            }
        }
        catch (OperationCanceledException)
        {
            await WithdrawAsync(queue).ConfigureAwait(false);
        }
        finally
        {
            _loops.TryRemove(queue, out _);
            ended.SetResult();
        }
    }

    /// <summary>Takes back the demand that stands at a dispatcher, so that nothing is leased to a silo that stops.</summary>
    private async Task WithdrawAsync(string queue)
    {
        try
        {
            var nothing = new TakeRequest(self.Id, capabilities.Id, Interlocked.Increment(ref _sequence), 0, 0, TimeSpan.Zero);
            await grains.GetGrain<IQueueGrain>(queue).Take(nothing).WaitAsync(TimeSpan.FromSeconds(2), time).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // What is leased all the same goes back when this silo leaves.
            LogTakeFailed(queue, e.Message);
        }
    }

    private async Task<bool> TakeAsync(string queue, IQueueGrain dispatcher)
    {
        var freed = slots.Freed;
        var max = arrivals.Demand;
        if (max <= 0)
        {
            // Being suspended, or full of outcomes, ends without a slot becoming free: look again once a second.
            await Task.WhenAny(freed, Task.Delay(TimeSpan.FromSeconds(1), time, _stopping.Token)).ConfigureAwait(false);
            return true;
        }

        var (calledAt, offers) = (time.GetTimestamp(), held.Offers);
        try
        {
            var request = new TakeRequest(self.Id, capabilities.Id, Interlocked.Increment(ref _sequence), max, slots.Idle, s_hold);
            var reply = await dispatcher.Take(request).WaitAsync(_stopping.Token).ConfigureAwait(false);
            if (reply.WorkerIsDead && request.Worker == self.Id)
            {
                FoundDead?.Invoke();
                await Task.Delay(TimeSpan.FromMilliseconds(500), time, _stopping.Token).ConfigureAwait(false);
            }

            var tooLate = arrivals.IsTooLate(time.GetElapsedTime(calledAt), request.Worker);
            foreach (var lease in reply.Leases)
            {
                Receive(new(lease, queue, time), tooLate, offers);
            }

            if (reply.NeedsSlot)
            {
                await Task.WhenAny(freed, Task.Delay(TimeSpan.FromSeconds(1), time, _stopping.Token)).ConfigureAwait(false);
            }

            return reply.Leases.Count > 0 || reply.NeedsSlot;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // What the dispatcher may have leased for this call is found by the next comparison with the store.
            LogTakeFailed(queue, e.Message);
            await Task.Delay(TimeSpan.FromMilliseconds(250), time, _stopping.Token).ConfigureAwait(false);
            return false;
        }
    }

    private void Receive(Attempt attempt, bool tooLate, int offers)
    {
        switch (arrivals.Receive(attempt, tooLate, offers, _stopping.IsCancellationRequested))
        {
            case Arrival.GoesBack:
                held.GiveBack(attempt);
                break;
            case Arrival.GoesBackLater:
                held.GiveBackLater(attempt);
                break;
            case Arrival.RunsNow:
                Task.Run(() => runner.RunAsync(attempt)).Ignore();
                break;
            case Arrival.Waits when Interlocked.CompareExchange(ref _sweeping, 1, 0) == 0:
                SweepOverdueAsync().Ignore();
                break;
        }
    }

    /// <summary>Gives back what has waited in the look-ahead for longer than a lease may wait, as long as anything waits there.</summary>
    private async Task SweepOverdueAsync()
    {
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), time).ConfigureAwait(false);
            held.GiveBack(slots.TakeOverdue());
        }
        while (slots.AnyReady);
        Interlocked.Exchange(ref _sweeping, 0);
        if (slots.AnyReady && Interlocked.CompareExchange(ref _sweeping, 1, 0) == 0)
        {
            SweepOverdueAsync().Ignore();
        }
    }

    private void StopAll(StopReason reason)
    {
        held.GiveBack(slots.Close());
        foreach (var attempt in held.All)
        {
            attempt.Stop(reason);
        }
    }

    [LoggerMessage(LogLevel.Information, "Stopping with {Count} attempts unfinished: their tokens fire now")]
    private partial void LogStopping(int count);

    [LoggerMessage(LogLevel.Debug, "Asking queue {Queue} for work failed: {Reason}")]
    private partial void LogTakeFailed(string queue, string reason);

    [LoggerMessage(LogLevel.Warning, "The lease of task {TaskId} never arrived here and goes back")]
    private partial void LogFoundLost(string taskId);
}
