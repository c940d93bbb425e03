using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using TaskGrid.Hosting;
using TaskGrid.Storage;
using TaskGrid.Workers;

namespace TaskGrid.Queues;

/// <summary>
/// The dispatcher of one queue. The order and the leases are the store's; this grain decides which silo gets them. Its
/// memory is a cache: a new activation starts from the store, and an old one that still runs is refused by its epoch.
/// </summary>
[Reentrant, GrainType("taskgrid-queue")]
internal sealed partial class QueueGrain(
    LeaseStore leases, WorkerSignals signals, LapsedLeases lapsed, SiloIncarnation self, EngineFaults faults, ILogger<QueueGrain> logger) : Grain, IQueueGrain, IRemindable
{
    private const string ReminderName = "wake";
    private static readonly TimeSpan s_reminderPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_longestTimer = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_nudgeHold = TimeSpan.FromSeconds(1);

    // What a start that a rate limits is handed out ahead of its instant, so that neither a timer nor the way to the worker makes it
    // late: half of it is left at the latest. It keeps a slot free for that long.
    private static readonly TimeSpan s_ahead = TimeSpan.FromMilliseconds(50);

    private readonly Dispatching _dispatching = new();
    private long _epoch;
    private bool _hasReminder;
    private bool _pumping;
    private long? _wokenAt;
    private IGrainTimer? _dueTimer;
    private DateTimeOffset _timerAt;

    private string Queue => this.GetPrimaryKeyString();

    private TimeProvider Time => signals.Time;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!self.IsConfirmed)
        {
            throw Unreachable();
        }

        (_epoch, _hasReminder) = await leases.OpenAsync(Queue);
        LogOpened(Queue, _epoch);
        await EnsureReminderAsync();
        Pump();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Retire();
        return Task.CompletedTask;
    }

    public async Task<TakeReply> Take(TakeRequest request)
    {
        if (!self.IsConfirmed)
        {
            Retire();
            DeactivateOnIdle();
            throw Unreachable();
        }

        if (_dispatching.Add(request) is not { } taker)
        {
            return TakeReply.Empty;
        }

        Pump();
        try
        {
            return await taker.Answer.Task.WaitAsync(request.Hold, Time);
        }
        catch (TimeoutException)
        {
            _dispatching.EndHold(taker);
            return await taker.Answer.Task;
        }
    }

    public async Task Nudge(TimeSpan dueIn)
    {
        if (dueIn > TimeSpan.Zero)
        {
            WakeIn(dueIn);
            return;
        }

        var look = _dispatching.NextLook;
        WorkArrived();
        try
        {
            await look.WaitAsync(s_nudgeHold, Time);
        }
        catch (TimeoutException)
        {
            // No worker asks. Who does makes it look.
        }

        if (_dispatching.IsRetired)
        {
            throw new GridUnavailableException(ErrorCodes.GridUnavailable, $"The dispatcher of queue {Queue} has gone.");
        }
    }

    /// <summary>The reminder's tick: whatever else has failed, from here the work of the queue resumes.</summary>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        WorkArrived();
        if (await lapsed.ReapAsync() > 0)
        {
            WorkArrived();
        }
    }

    // Where the store is not reached, that shows after seconds, with all the queue's workers waiting. Their next calls may lead to a silo that does reach it.
    private static GridUnavailableException Unreachable() => new(ErrorCodes.StoreUnavailable, "The store has not confirmed lately that the silo of the dispatcher lives.");

    private void WorkArrived()
    {
        _dispatching.WorkArrived();
        Pump();
        WakeWorkers();
    }

    /// <summary>A woken worker keeps asking for a minute, so more than one signal a second says nothing new.</summary>
    private void WakeWorkers()
    {
        if (_wokenAt is { } last && Time.GetElapsedTime(last) < TimeSpan.FromSeconds(1))
        {
            return;
        }

        _wokenAt = Time.GetTimestamp();
        signals.Wake(Queue, except: _dispatching.Line);
    }

    private async Task EnsureReminderAsync()
    {
        if (_hasReminder)
        {
            return;
        }

        try
        {
            await this.RegisterOrUpdateReminder(ReminderName, s_reminderPeriod, s_reminderPeriod);
            await leases.RemindedAsync(Queue);
            _hasReminder = true;
        }
        catch (Exception e)
        {
            // Orleans' way to the store has exceptions of its own. The watchers see to the queue until the next activation tries again.
            LogNoReminder(Queue, e);
        }
    }

    private void Pump()
    {
        if (!_pumping && !_dispatching.IsRetired)
        {
            _pumping = true;
            PumpAsync().Ignore();
        }
    }

    private async Task PumpAsync()
    {
        try
        {
            while (_dispatching.Next() is { } taker)
            {
                await ServeAsync(taker);
            }
        }
        catch (Exception e)
        {
            // The leases may have been written: only the store knows. Start again from it.
            LogLeaseFailed(Queue, e);
            Retire();
            DeactivateOnIdle();
        }
        finally
        {
            _pumping = false;
        }
    }

    private async Task ServeAsync(Taker taker)
    {
        var request = taker.Request;
        LeaseReply reply;
        try
        {
            reply = await leases.LeaseAsync(Queue, _epoch, request.Worker, request.Capabilities, request.Max, request.Idle, s_ahead);
        }
        catch (Exception e)
        {
            taker.Answer.TrySetException(new GridUnavailableException(ErrorCodes.StoreUnavailable, $"Leasing from queue {Queue} failed: {e.Message}"));
            throw;
        }

        var next = _dispatching.After(taker, reply);
        if (next.Retires)
        {
            LogSuperseded(Queue, _epoch);
            Retire();
            DeactivateOnIdle();
            return;
        }

        if (next.LookAgainIn is { } dueIn)
        {
            WakeIn(dueIn);
        }

        if (next.WakesWorkers)
        {
            WakeWorkers();
        }
    }

    private void WakeIn(TimeSpan dueIn)
    {
        if (faults.TimersAreOff || dueIn > s_longestTimer)
        {
            return;
        }

        var at = Time.GetUtcNow() + dueIn;
        if (_dueTimer is not null && _timerAt <= at)
        {
            return;
        }

        _dueTimer?.Dispose();
        _timerAt = at;
        _dueTimer = this.RegisterGrainTimer(
            () =>
            {
                _dueTimer?.Dispose();
                _dueTimer = null;
                WorkArrived();
                return Task.CompletedTask;
            },
            new() { DueTime = dueIn < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : dueIn, Period = Timeout.InfiniteTimeSpan, Interleave = true, KeepAlive = true });
    }

    private void Retire()
    {
        _dispatching.Retire();
        _dueTimer?.Dispose();
    }

    [LoggerMessage(LogLevel.Information, "Dispatcher of queue {Queue} opened with epoch {Epoch}")]
    private partial void LogOpened(string queue, long epoch);

    [LoggerMessage(LogLevel.Warning, "Dispatcher of queue {Queue} with epoch {Epoch} has been superseded")]
    private partial void LogSuperseded(string queue, long epoch);

    [LoggerMessage(LogLevel.Warning, "The reminder of queue {Queue} could not be registered yet")]
    private partial void LogNoReminder(string queue, Exception exception);

    [LoggerMessage(LogLevel.Warning, "Dispatcher of queue {Queue} starts again from the store")]
    private partial void LogLeaseFailed(string queue, Exception exception);
}
