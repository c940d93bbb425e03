using Microsoft.Extensions.Logging;
using TaskGrid.Storage;
using TaskGrid.Workers;

namespace TaskGrid.Bulk;

/// <summary>
/// One operation on many tasks: small steps of the store one after the other, written down about once a second. A reminder drives it on
/// after its silo has died, and forgets it an hour after it was through. Doing a step again does nothing: what it changed is not found, or not meant, any more.
/// </summary>
[GrainType("taskgrid-bulk")]
internal sealed partial class BulkGrain(
    [PersistentState("bulk")] IPersistentState<BulkState> state, BulkSteps steps, WorkerServiceClient workers, TimeProvider time, ILogger<BulkGrain> logger) : Grain, IBulkGrain, IRemindable
{
    private const string ReminderName = "go-on";
    private static readonly TimeSpan s_reminderPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_kept = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_writeInterval = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _through = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IGrainTimer? _timer;
    private long _writtenAt;

    private string Id => this.GetPrimaryKeyString();

    public async Task<TaskRefusal?> Begin(BulkRequest request)
    {
        if (BulkRules.Check(request) is { } refusal)
        {
            return refusal;
        }

        if (state.State.Request is null)
        {
            try
            {
                await WriteDownAsync(request);
            }
            catch (Exception)
            {
                // It may have been written, and may not: only the store knows.
                DeactivateOnIdle();
                throw;
            }

            LogBegun(Id, request);
        }

        GoOn();
        return null;
    }

    public async Task<BulkImpactReply> Count(BulkRequest request) =>
        BulkRules.Check(request) is { } refusal ? new(null, refusal) : new(await StoreCalls.AskAsync(() => steps.CountAsync(request)));

    public Task<BulkSnapshot?> GetSnapshot() => Task.FromResult(Snapshot());

    public async Task<BulkSnapshot?> Wait(TimeSpan timeout)
    {
        if (state.State is { Request: not null, FinishedAt: null })
        {
            GoOn();
            await Task.WhenAny(_through.Task, Task.Delay(timeout, time));
        }

        return Snapshot();
    }

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (state.State is { Request: not null, FinishedAt: null })
        {
            GoOn();
            return;
        }

        if (state.State.FinishedAt is { } at && time.GetUtcNow() - at < s_kept)
        {
            return;
        }

        await state.ClearStateAsync();
        if (await this.GetReminder(ReminderName) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }

        DeactivateOnIdle();
    }

    private async Task WriteDownAsync(BulkRequest request)
    {
        var cutoff = await StoreCalls.AskAsync(() => steps.CutoffAsync(request));
        var parts = await StoreCalls.AskAsync(() => steps.PartsAsync(request));
        // The reminder first: what is written down is driven on whatever happens after.
        await StoreCalls.KeepAsync(() => this.RegisterOrUpdateReminder(ReminderName, s_reminderPeriod, s_reminderPeriod));
        state.State = new() { Request = request, StartedAt = time.GetUtcNow(), Cutoff = cutoff, Parts = parts, Part = BulkState.FirstPart(request) };
        await StoreCalls.KeepAsync(WriteAsync);
    }

    private void GoOn() => _timer ??= state.State.FinishedAt is not null ? null : this.RegisterGrainTimer(
        StepAndRestAsync, new() { DueTime = TimeSpan.Zero, Period = TimeSpan.FromMilliseconds(1), KeepAlive = true, Interleave = true });

    /// <summary>Rests for as long as a step took, so that half of the store's time is left to others, and more of it when they make the store slow.</summary>
    private async Task StepAndRestAsync(CancellationToken cancellationToken)
    {
        var begunAt = time.GetTimestamp();
        await StepAsync();
        // The token fires with the timer's end, which may have come with this step.
        await Task.Delay(time.GetElapsedTime(begunAt), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task StepAsync()
    {
        var s = state.State;
        if (s.FinishedAt is not null)
        {
            return;
        }

        try
        {
            if (s.PartNow() is { } part)
            {
                var step = await steps.TakeAsync(s.Request!, part, s.Cutoff, s.Cursor);
                s.Done += step.Done;
                s.DoneInPass += step.Done;
                s.Cursor = step.Cursor;
                if (step.Cursor.Length == 0)
                {
                    s.GoOn();
                }

                foreach (var (id, silo) in step.Asked)
                {
                    workers.On(SiloIncarnation.AddressOf(silo)).CancelAttempt(id).Ignore();
                }
            }

            if (s.PartNow() is null && s.DoneInPass > 0 && BulkPlan.IsRepeated(s.Request!))
            {
                s.Repeat();
            }
            else if (s.PartNow() is null)
            {
                s.FinishedAt = time.GetUtcNow();
                await WriteAsync();
                LogThrough(Id, s.Done);
                _through.TrySetResult();
                _timer?.Dispose();
                _timer = null;
            }
            else if (time.GetElapsedTime(_writtenAt) > s_writeInterval)
            {
                await WriteAsync();
            }
        }
        catch (Exception e)
        {
            // The reminder, or whoever asks next, starts again from what was written down.
            LogFailed(Id, e);
            _timer?.Dispose();
            DeactivateOnIdle();
        }
    }

    private async Task WriteAsync()
    {
        await state.WriteStateAsync();
        _writtenAt = time.GetTimestamp();
    }

    private BulkSnapshot? Snapshot() => state.State.Request is not { } request ? null : new()
    {
        Id = Id, Request = request, Done = state.State.Done, StartedAt = state.State.StartedAt, FinishedAt = state.State.FinishedAt,
    };

    [LoggerMessage(LogLevel.Information, "Bulk operation {Id} begins: {Request}")]
    private partial void LogBegun(string id, BulkRequest request);

    [LoggerMessage(LogLevel.Information, "Bulk operation {Id} is through: {Done} tasks")]
    private partial void LogThrough(string id, long done);

    [LoggerMessage(LogLevel.Warning, "Bulk operation {Id} starts again from what was written down")]
    private partial void LogFailed(string id, Exception exception);
}
