using Microsoft.Extensions.Logging;
using Orleans.Placement;
using TaskGrid.Storage;
using TaskGrid.Workers;

namespace TaskGrid.Tasks;

/// <summary>
/// One task. The store is the truth; this grain is where it is read, waited for and cancelled, and it lives where the task
/// runs. It lets itself go when the task is final and nobody waits.
/// </summary>
[PreferLocalPlacement, GrainType("taskgrid-task"), CollectionAgeLimit(Minutes = 2)]
internal sealed partial class TaskGrain(
    [PersistentRecord] IPersistentState<TaskRecord> record,
    TaskStore store, WorkerServiceClient workers, LiveProgress progress, TimeProvider time, ILogger<TaskGrain> logger) : Grain, ITaskGrain, ITaskRunGrain
{
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;

    private string Id => this.GetPrimaryKeyString();

    /// <summary>The task as it is now. The Orleans dashboard shows what this returns.</summary>
    public Task<TaskSnapshot?> GetState() => GetSnapshot();

    public async Task<TaskSnapshot?> GetSnapshot()
    {
        var now = await ReadAsync();
        if (now is not { Running: not null })
        {
            return now?.ToSnapshot();
        }

        if (await progress.ReadAsync(now) is { } live)
        {
            return now.ToSnapshot() with { Progress = live };
        }

        // The attempt may have ended in between: what was stored before its end could be older than what was shown already.
        return (now.Progress is null ? now : await ReadAsync())?.ToSnapshot();
    }

    private async Task<TaskRecord?> ReadAsync()
    {
        await record.ReadStateAsync();
        LetGoIfFinal();
        return record.RecordExists ? record.State : null;
    }

    public async Task<TaskSnapshot?> Wait(TimeSpan timeout)
    {
        var start = time.GetTimestamp();
        _waiting++;
        try
        {
            while (true)
            {
                // Taken before the read: a change that comes during it is not missed.
                var changed = _changed.Task;
                var snapshot = await GetSnapshot();
                var left = timeout - time.GetElapsedTime(start);
                if (snapshot is null || snapshot.State.IsFinal() || left <= TimeSpan.Zero)
                {
                    return snapshot;
                }

                try
                {
                    await changed.WaitAsync(left, time);
                }
                catch (TimeoutException)
                {
                    return await GetSnapshot();
                }
            }
        }
        finally
        {
            _waiting--;
            LetGoIfFinal();
        }
    }

    public async Task<CancelReply> Cancel()
    {
        var (outcome, silo) = await StoreCalls.AskAsync(() => store.CancelAsync(Id, "requested"));
        if (silo is not null)
        {
            TellWorkerAsync(silo).Ignore();
        }

        await Changed();
        return new(outcome, await GetSnapshot());
    }

    public async Task<ChangeReply> Change(TaskChange change, TaskTouch touch)
    {
        if (ChangeRules.Check(change) is { } refusal)
        {
            return new(ChangeOutcome.NotFound, refusal);
        }

        var outcome = await StoreCalls.AskAsync(() => store.ChangeAsync(Id, touch, change.Queue, change.Priority, change.DueAt));
        await Changed();
        return new(outcome);
    }

    public async Task<ChangeOutcome> Retry(TaskTouch touch)
    {
        var outcome = await StoreCalls.AskAsync(() => store.RetryAsync(Id, touch));
        await Changed();
        return outcome;
    }

    public async Task<ChangeOutcome> Forget()
    {
        var forgotten = await StoreCalls.AskAsync(() => store.ForgetAsync(Id));
        await Changed();
        return forgotten switch
        {
            true => ChangeOutcome.Changed,
            false => ChangeOutcome.Unfinished,
            _ => ChangeOutcome.NotFound,
        };
    }

    public Task<TaskLogPart> GetLog() => StoreCalls.AskAsync(() => store.ReadLogAsync(Id));

    public Task Begun() => Task.CompletedTask;

    public Task Changed()
    {
        var changed = _changed;
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
        if (_waiting == 0)
        {
            DeactivateOnIdle();
        }

        return Task.CompletedTask;
    }

    private void LetGoIfFinal()
    {
        if (_waiting == 0 && (!record.RecordExists || record.State.Line.IsFinal))
        {
            DeactivateOnIdle();
        }
    }

    private async Task TellWorkerAsync(string silo)
    {
        try
        {
            await workers.On(SiloIncarnation.AddressOf(silo)).CancelAttempt(Id);
        }
        catch (Exception e)
        {
            // The worker finds the stored flag when it next compares its leases with the store.
            LogNotTold(Id, silo, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Debug, "Could not tell {Silo} that task {TaskId} is to be cancelled: {Reason}")]
    private partial void LogNotTold(string taskId, string silo, string reason);
}
