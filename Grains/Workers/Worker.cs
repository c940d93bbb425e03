using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TaskGrid.Handlers;
using TaskGrid.Hosting;
using TaskGrid.Queues;
using TaskGrid.Storage;
using TaskGrid.Tasks;

namespace TaskGrid.Workers;

/// <summary>
/// The execution side of a silo: asks dispatchers for as much as its slots can begin, runs it, and keeps each outcome until
/// the store has answered.
/// </summary>
internal sealed partial class Worker(
    IGrainFactory grains, TaskGrains taskGrains, LeaseStore leases, TaskStore tasks, HandlerRegistry handlers, Slots slots, AttemptRunner runner, OutcomeKeeper outcomes,
    LeasedRecords records, Nudger nudger, SiloIncarnation self, Capabilities capabilities, EngineFaults faults, TimeProvider time, ILogger<Worker> logger)
{
    // Long enough that idle queues cost little, well below the response timeout.
    private static readonly TimeSpan s_hold = TimeSpan.FromSeconds(4);

    // An answer that comes later than this after its call is not used: the comparison with the store gives leases back as
    // lost after 8 s, and a frozen process may find such an answer when it wakes.
    private static readonly TimeSpan s_answerLifetime = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan s_interest = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Attempt> _held = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task> _loops = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandoned = new();
    private long _sequence = time.GetUtcNow().ToUnixTimeMilliseconds();
    private volatile bool _suspended;
    private int _sweeping;

    /// <summary>Raised when a dispatcher says that the store has this silo for dead.</summary>
    public event Action? FoundDead;

    /// <summary>The leases in the hands of this silo: waiting for a slot, running, or with an outcome not stored yet.</summary>
    public ICollection<Attempt> Held => _held.Values;

    private bool MayBegin => !_suspended && self.SinceConfirmed <= SiloIncarnation.Lifetime;

    /// <summary>There is work in a queue: ask its dispatcher until a minute has passed without any.</summary>
    public void Wake(string queue)
    {
        if (_stopping.IsCancellationRequested || _loops.ContainsKey(queue))
        {
            return;
        }

        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_loops.TryAdd(queue, gate.Task))
        {
            Task.Run(() => TakeLoopAsync(queue, gate)).Ignore();
        }
    }

    /// <summary>Fires the token of a task's handler, or gives its lease back when it has not begun.</summary>
    public void CancelAttempt(string id)
    {
        if (_held.TryGetValue(id, out var attempt))
        {
            attempt.Stop(StopReason.CancelRequested);
        }
    }

    /// <summary>The lease of an attempt is gone: it is to end without an outcome.</summary>
    public void StopAttempt(string id)
    {
        if (_held.TryGetValue(id, out var attempt))
        {
            attempt.Stop(StopReason.Interrupted);
        }
    }

    /// <summary>This silo can't show that it lives: begin nothing and stop what runs, before another silo runs it again.</summary>
    public void Suspend()
    {
        _suspended = true;
        StopAll(StopReason.Interrupted);
    }

    /// <summary>It lives again.</summary>
    public void Resume()
    {
        slots.Reopen();
        _suspended = false;
    }

    /// <summary>
    /// Graceful stop: takes nothing more, gives back what has not begun, waits for what runs until <paramref name="deadline"/>
    /// fires, then fires the handlers' tokens and waits a little longer. What still runs then is left to lapse.
    /// </summary>
    public async Task StopAsync(CancellationToken deadline)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        GiveBack(slots.Close());
        if (!await AllEndedAsync(deadline).ConfigureAwait(false))
        {
            LogStopping(_held.Count);
            StopAll(StopReason.Interrupted);
            using var grace = new CancellationTokenSource(TimeSpan.FromSeconds(2), time);
            await AllEndedAsync(grace.Token).ConfigureAwait(false);
        }

        await _abandoned.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_loops.Values).ConfigureAwait(false);
    }

    /// <summary>Waits until no attempt is held any more; false when the token fired first.</summary>
    public async Task<bool> AllEndedAsync(CancellationToken until)
    {
        while (!_held.IsEmpty)
        {
            try
            {
                await Task.WhenAll(_held.Values.Select(a => a.Ended)).WaitAsync(until).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return _held.IsEmpty;
            }
        }

        return true;
    }

    /// <summary>
    /// Compares what the store says this silo holds with what it does hold. A lease whose way here was lost goes back; a
    /// cancel whose signal was lost is carried out.
    /// </summary>
    /// <param name="storeNow">The store's clock, Unix milliseconds.</param>
    /// <param name="all">Whether no answer of a dispatcher is on its way any more, so that every unknown lease is lost.</param>
    public async Task ReconcileAsync(long storeNow, bool all = false)
    {
        var lostBefore = all ? long.MaxValue : storeNow - (long)(2 * s_hold).TotalMilliseconds;
        foreach (var (id, lease) in await leases.HeldByAsync(self.Id).ConfigureAwait(false))
        {
            if (_held.TryGetValue(id, out var attempt) && attempt.Lease.Token == lease.Token)
            {
                if (lease.CancelRequested)
                {
                    attempt.Stop(StopReason.CancelRequested);
                }
            }
            else if (lease.Started < lostBefore)
            {
                LogFoundLost(id);
                await leases.HandBackAsync(id, lease.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task TakeLoopAsync(string queue, TaskCompletionSource ended)
    {
        try
        {
            var dispatcher = grains.GetGrain<IQueueGrain>(queue);
            var lastWork = time.GetTimestamp();
            while (!_stopping.IsCancellationRequested && time.GetElapsedTime(lastWork) < s_interest)
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
        var max = !MayBegin || outcomes.IsFull ? 0 : slots.Free;
        if (max <= 0)
        {
            // Being suspended, or full of outcomes, ends without a slot becoming free: look again once a second.
            await Task.WhenAny(freed, Task.Delay(TimeSpan.FromSeconds(1), time, _stopping.Token)).ConfigureAwait(false);
            return true;
        }

        var calledAt = time.GetTimestamp();
        try
        {
            var request = new TakeRequest(self.Id, capabilities.Id, Interlocked.Increment(ref _sequence), max, slots.Idle, s_hold);
            var reply = await dispatcher.Take(request).WaitAsync(_stopping.Token).ConfigureAwait(false);
            if (reply.WorkerIsDead && request.Worker == self.Id)
            {
                FoundDead?.Invoke();
                await Task.Delay(TimeSpan.FromMilliseconds(500), time, _stopping.Token).ConfigureAwait(false);
            }

            var tooLate = time.GetElapsedTime(calledAt) > s_answerLifetime || request.Worker != self.Id;
            foreach (var lease in reply.Leases)
            {
                Receive(new(lease, queue, time.GetTimestamp()), tooLate);
            }

            return reply.Leases.Count > 0;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // What the dispatcher may have leased for this call is found by the next comparison with the store.
            LogTakeFailed(queue, e.Message);
            await Task.Delay(TimeSpan.FromMilliseconds(250), time, _stopping.Token).ConfigureAwait(false);
            return false;
        }
    }

    private void Receive(Attempt attempt, bool tooLate)
    {
        if (tooLate)
        {
            // Its lease may have been given back as lost, or belongs to a former life.
            GiveBackAsync(attempt).Ignore();
        }
        else if (!_held.TryAdd(attempt.Id, attempt))
        {
            GiveBackLaterAsync(attempt).Ignore();
        }
        else if (_stopping.IsCancellationRequested || !MayBegin || !slots.TryAdd(attempt, out var runNow))
        {
            GiveBack([attempt]);
        }
        else if (runNow)
        {
            Task.Run(() => RunSlotAsync(attempt)).Ignore();
        }
        else if (Interlocked.CompareExchange(ref _sweeping, 1, 0) == 0)
        {
            SweepOverdueAsync().Ignore();
        }
    }

    private async Task RunSlotAsync(Attempt? attempt)
    {
        while (attempt is not null)
        {
            var start = time.GetTimestamp();
            try
            {
                await RunAsync(attempt).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                LogSlotFailed(attempt.Id, e);
                records.TryTake(attempt.Id, out _);
                GiveBack([attempt]);
            }

            attempt = slots.Next(time.GetElapsedTime(start));
        }
    }

    private async Task RunAsync(Attempt attempt)
    {
        if (attempt.Reason != StopReason.None || !MayBegin || !await MayBeginAsync(attempt).ConfigureAwait(false))
        {
            GiveBack([attempt]);
            return;
        }

        var definition = await DefinitionOfAsync(attempt).ConfigureAwait(false);
        if (definition is null || !handlers.TryGet(definition.Header.Task, out var registration))
        {
            GiveBack([attempt]);
            return;
        }

        records.Put(attempt.ToRecord(definition, self.Id));
        var grain = taskGrains.ToRun(attempt.Id);
        if (!slots.RunsAreShort)
        {
            // A short task's grain is activated by the news of its end: one call instead of two.
            grain.Begun().Ignore();
        }

        faults.Hit(FaultPoint.BeforeRun);
        LogStarted(attempt.Id, definition.Header.Task, attempt.Queue, attempt.Number);
        var outcome = await runner.RunAsync(attempt, registration, definition).ConfigureAwait(false);
        faults.Hit(FaultPoint.BeforeFinish);
        var verdict = outcomes.Decide(attempt, definition, outcome);
        if (verdict is Verdict.GiveBack)
        {
            LogInterrupted(attempt.Id, definition.Header.Task, attempt.Queue, attempt.Number);
            records.TryTake(attempt.Id, out _);
            outcomes.GivenBack(attempt, definition, verdict);
            GiveBack([attempt]);
        }
        else
        {
            StoreVerdictAsync(attempt, definition, verdict, grain).Ignore();
        }
    }

    /// <summary>A suspect's beginning is written down before its code starts, so that only deaths in which it ran count.</summary>
    private async Task<bool> MayBeginAsync(Attempt attempt) =>
        !attempt.IsSuspect || await leases.BeginAsync(attempt.Id, attempt.Lease.Token).ConfigureAwait(false);

    private async Task<TaskDefinition?> DefinitionOfAsync(Attempt attempt) => attempt.Lease.Definition is { } inline
        ? TaskDefinition.Decode(inline)
        : (await tasks.ReadAsync(attempt.Id).ConfigureAwait(false))?.Definition;

    private async Task StoreVerdictAsync(Attempt attempt, TaskDefinition definition, Verdict verdict, ITaskRunGrain grain)
    {
        try
        {
            TimeSpan? nextIn;
            try
            {
                nextIn = await outcomes.StoreAsync(attempt, definition, verdict, self.Id, _abandoned.Token).ConfigureAwait(false);
            }
            finally
            {
                Drop(attempt);
            }

            faults.Hit(FaultPoint.AfterFinish);
            if (attempt.IsSuspect)
            {
                // The next suspect may begin here now.
                nudger.Nudge(attempt.Queue, TimeSpan.Zero);
            }

            if (nextIn is { } dueIn)
            {
                nudger.Nudge(attempt.Queue, dueIn);
            }

            await grain.Changed().ConfigureAwait(false);
        }
        finally
        {
            records.TryTake(attempt.Id, out _);
        }
    }

    /// <summary>Gives back what has waited in the look-ahead for longer than a lease may wait, as long as anything waits there.</summary>
    private async Task SweepOverdueAsync()
    {
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), time).ConfigureAwait(false);
            GiveBack(slots.TakeOverdue());
        }
        while (slots.AnyReady);
        Interlocked.Exchange(ref _sweeping, 0);
        if (slots.AnyReady && Interlocked.CompareExchange(ref _sweeping, 1, 0) == 0)
        {
            SweepOverdueAsync().Ignore();
        }
    }

    private void GiveBack(IReadOnlyList<Attempt> attempts)
    {
        foreach (var attempt in attempts)
        {
            GiveBackAsync(attempt).Ignore();
        }
    }

    private async Task GiveBackAsync(Attempt attempt)
    {
        // Before the store hears of it: the task may be leased to this silo again before the answer is here.
        Drop(attempt);
        try
        {
            await leases.HandBackAsync(attempt.Id, attempt.Lease.Token).ConfigureAwait(false);
            nudger.Nudge(attempt.Queue, TimeSpan.Zero);
        }
        catch (Exception e)
        {
            // Found by the next comparison with the store, as it is not held any more.
            LogNotGivenBack(attempt.Id, e.Message);
        }
    }

    /// <summary>
    /// An earlier attempt of the task still runs here, one that was given up and does not listen. At once, the task would be leased to
    /// this silo again and again; after a pause another silo's demand comes first.
    /// </summary>
    private async Task GiveBackLaterAsync(Attempt attempt)
    {
        await Task.Delay(TimeSpan.FromSeconds(2), time).ConfigureAwait(false);
        await GiveBackAsync(attempt).ConfigureAwait(false);
    }

    private void StopAll(StopReason reason)
    {
        GiveBack(slots.Close());
        foreach (var attempt in _held.Values)
        {
            attempt.Stop(reason);
        }
    }

    private void Drop(Attempt attempt)
    {
        _held.TryRemove(new(attempt.Id, attempt));
        attempt.End();
    }

    [LoggerMessage(LogLevel.Debug, "Task {TaskId} ({Task}) of queue {Queue} starts attempt {Attempt}")]
    private partial void LogStarted(string taskId, string task, string queue, int attempt);

    [LoggerMessage(LogLevel.Information, "Task {TaskId} ({Task}) of queue {Queue}: attempt {Attempt} was interrupted and goes back")]
    private partial void LogInterrupted(string taskId, string task, string queue, int attempt);

    [LoggerMessage(LogLevel.Information, "Stopping with {Count} attempts unfinished: their tokens fire now")]
    private partial void LogStopping(int count);

    [LoggerMessage(LogLevel.Debug, "Asking queue {Queue} for work failed: {Reason}")]
    private partial void LogTakeFailed(string queue, string reason);

    [LoggerMessage(LogLevel.Warning, "The lease of task {TaskId} never arrived here and goes back")]
    private partial void LogFoundLost(string taskId);

    [LoggerMessage(LogLevel.Debug, "The lease of task {TaskId} could not be given back yet: {Reason}")]
    private partial void LogNotGivenBack(string taskId, string reason);

    [LoggerMessage(LogLevel.Error, "Running task {TaskId} failed outside of its handler")]
    private partial void LogSlotFailed(string taskId, Exception exception);
}
